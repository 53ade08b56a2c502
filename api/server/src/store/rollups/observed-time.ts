import type { Span } from './summary.ts';

/** Spans touch where one process hands over to the next. */
const JOIN_US = 500_000;
/** A span begins when the first poll has ended: what that poll has read is this much older at most. */
export const LEAD_US = 5_000_000;

/**
 * Confirmed time: spans in order of time, joined where they touch, but parted at `breaks`, where the meaning of the value
 * changed.
 */
export function toObservedTime(spans: readonly Span[], breaks: readonly number[] = []): Span[] {
  const joined: { fromUs: number; toUs: number }[] = [];
  for (const { fromUs, toUs } of spans.toSorted((a, b) => a.fromUs - b.fromUs)) {
    const last = joined.at(-1);
    if (last !== undefined && fromUs <= last.toUs + JOIN_US) last.toUs = Math.max(last.toUs, toUs);
    else joined.push({ fromUs, toUs });
  }
  return joined.flatMap((span) => cut(span, breaks));
}

function cut(span: Span, breaks: readonly number[]): Span[] {
  const inside = breaks.filter((at) => at > span.fromUs && at < span.toUs);
  const edges = [span.fromUs, ...inside, span.toUs];
  return edges.slice(1).map((toUs, index) => ({ fromUs: edges[index] ?? toUs, toUs }));
}

/** Finds the span in which a reading's value is confirmed; to be asked in order of time. */
export function createSpanFinder(spans: readonly Span[]): (timeUs: number) => Span | undefined {
  let at = 0;
  return (timeUs) => {
    while (at < spans.length && (spans[at]?.toUs ?? 0) <= timeUs) at += 1;
    const span = spans[at];
    return span !== undefined && span.fromUs - LEAD_US <= timeUs ? span : undefined;
  };
}

/** What of a range lies outside all spans: the gaps. */
export function gapsOf(spans: readonly Span[], { fromUs, toUs }: Span): Span[] {
  const gaps: Span[] = [];
  let at = fromUs;
  for (const span of spans) {
    if (span.fromUs > at) gaps.push({ fromUs: at, toUs: Math.min(span.fromUs, toUs) });
    at = Math.max(at, span.toUs);
  }
  if (at < toUs) gaps.push({ fromUs: at, toUs });
  return gaps.filter((gap) => gap.toUs > gap.fromUs);
}
