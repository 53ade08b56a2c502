import type { ObservedSpan, ObservedSpans } from './observed-spans.ts';

/** A device as spans are kept for it. */
export type SpanKey = Pick<ObservedSpan, 'deviceId' | 'simulated'>;

/** A calculated device and the devices behind it. */
export interface CalculatedSpan {
  readonly key: SpanKey;
  readonly sources: readonly SpanKey[];
}

/**
 * Confirm what is calculated as far as all devices behind it are: `span` was just added for one of them. What a backlog
 * brings is left out, because nothing is calculated from readings that come late.
 */
export function addCalculatedSpans(spans: ObservedSpans, span: ObservedSpan, readers: readonly CalculatedSpan[]): void {
  if (readers.length === 0 || spans.newest(span)?.endedUs !== span.endedUs) return;
  for (const { key, sources } of readers) {
    let { startedUs, endedUs } = span;
    for (const source of sources) {
      if (source.deviceId === span.deviceId && source.simulated === span.simulated) continue;
      const { startedUs: fromUs = Infinity, endedUs: untilUs = -Infinity } = spans.newest(source) ?? {};
      startedUs = Math.max(startedUs, fromUs);
      endedUs = Math.min(endedUs, untilUs);
    }
    if (startedUs <= endedUs) spans.add({ ...key, startedUs, endedUs });
  }
}
