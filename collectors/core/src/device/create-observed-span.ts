import type { EffectiveDevice } from '@kubeplant/crds/model';
import { durationMs } from '@kubeplant/words';

/** The time up to which a device's tags are confirmed as last sent. */
export interface ObservedSpan {
  /** Confirm up to `untilUs`; returns from when on, undefined when it is nothing new. */
  confirm(untilUs: number): number | undefined;
  /** The device is lost: the next confirmation starts a new span. */
  end(): void;
  /** Whether the last confirmation is recent enough at `nowUs`. */
  isCurrent(nowUs: number): boolean;
}

const SHORTEST_GAP_MS = 5000;
const MISSED_INTERVALS = 3;

/**
 * Longest silence inside a span, milliseconds: three of the device's shortest sampling intervals, at least 5 s. A longer one
 * is a gap in history.
 */
export function longestSilenceMs(device: EffectiveDevice): number {
  const intervals = device.tags.map(({ samplingInterval }) => durationMs(samplingInterval));
  return Math.max(SHORTEST_GAP_MS, MISSED_INTERVALS * (intervals.length > 0 ? Math.min(...intervals) : 0));
}

/** A span that ends with a silence longer than `silenceMs`, and when the clock steps back by more than that. */
export function createObservedSpan(silenceMs: number): ObservedSpan {
  const silenceUs = silenceMs * 1000;
  let lastUs: number | undefined;
  return {
    confirm: (untilUs) => {
      const fromUs = lastUs;
      if (fromUs === undefined || Math.abs(untilUs - fromUs) > silenceUs) {
        lastUs = untilUs;
        return untilUs;
      }
      if (untilUs <= fromUs) return undefined;
      lastUs = untilUs;
      return fromUs;
    },
    end: () => {
      lastUs = undefined;
    },
    isCurrent: (nowUs) => lastUs !== undefined && nowUs - lastUs <= silenceUs,
  };
}
