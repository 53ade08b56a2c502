import { invalidInput } from '../action-error.ts';
import { toMicros } from '../cursor.ts';

const hourUs = 3_600_000_000;

/** A span of time, microseconds since 1970; `toUs` is not included. */
export interface Range {
  readonly fromUs: number;
  readonly toUs: number;
}

/** The span asked for: by default the hour up to `to`, and `to` is now. */
export function toRange(input: { readonly from?: string; readonly to?: string }, nowMs: number): Range {
  const toUs = input.to === undefined ? nowMs * 1000 : toMicros('to', input.to);
  const fromUs = input.from === undefined ? toUs - hourUs : toMicros('from', input.from);
  if (fromUs >= toUs) throw invalidInput([{ field: 'from', message: `is not before to (${input.to ?? 'now'})` }]);
  return { fromUs, toUs };
}
