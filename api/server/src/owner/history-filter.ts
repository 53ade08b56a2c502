import type { HistoryPolicy } from '@kubeplant/crds/model';
import { durationMs, Flag } from '@kubeplant/words';

/** A reading of a series as evaluated; `value` is NaN where there is no number. */
export interface FilteredReading {
  readonly timeUs: number;
  readonly value: number;
  readonly text: string | undefined;
  readonly status: number;
  readonly flags: number;
}

/** Says of each reading of one series, in the order in which they come, whether it is stored. */
export type HistoryFilter = (reading: FilteredReading) => boolean;

/** How a late reading came says nothing about what it holds. */
const COMPARED = ~Flag.Late;

/**
 * What `history` says of a series; undefined: all is stored. With `OnChange` a reading is stored when its value lies
 * further than the deadband from the one stored before, when its text, status or flags differ, after `maxInterval`, and
 * when it comes late: it cannot be compared with what was stored around it.
 */
export function createHistoryFilter(policy: HistoryPolicy | undefined): HistoryFilter | undefined {
  if (policy === undefined || policy.mode === 'Sampled') return undefined;
  if (policy.mode === 'None') return () => false;
  const deadband = policy.deadband ?? 0;
  const maxIntervalUs = policy.maxInterval === undefined ? Number.POSITIVE_INFINITY : durationMs(policy.maxInterval) * 1000;
  let last: FilteredReading | undefined;
  return (reading) => {
    if (last !== undefined && reading.timeUs < last.timeUs) return true;
    if (last !== undefined && reading.timeUs - last.timeUs < maxIntervalUs && !isChange(last, reading, deadband)) return false;
    last = reading;
    return true;
  };
}

function isChange(last: FilteredReading, next: FilteredReading, deadband: number): boolean {
  if (next.status !== last.status || (next.flags & COMPARED) !== (last.flags & COMPARED) || next.text !== last.text) return true;
  if (Number.isNaN(next.value) || Number.isNaN(last.value)) return Number.isNaN(next.value) !== Number.isNaN(last.value);
  return next.value !== last.value && Math.abs(next.value - last.value) > deadband;
}
