/** Sizes in which history is summed up. */
export type LevelName = '1m' | '15m' | '1d';

/** A table of sums. */
export interface Level {
  readonly name: LevelName;
  readonly table: 'rollup_1m' | 'rollup_15m' | 'rollup_1d';
}

export const MINUTE_US = 60_000_000;
export const QUARTER_US = 15 * MINUTE_US;
export const HOUR_US = 60 * MINUTE_US;

export const MINUTES: Level = { name: '1m', table: 'rollup_1m' };
export const QUARTERS: Level = { name: '15m', table: 'rollup_15m' };
export const DAYS: Level = { name: '1d', table: 'rollup_1d' };

/** An hour of a tag with fewer readings has no minutes: they would take more room than the readings. */
export const DENSE_HOUR = 240;

/** Tables of sums that are kept in spans of time, and how long a span is. */
export const ROLLUP_SPANS = [
  { name: 'rollup_1m', days: 28 },
  { name: 'rollup_15m', days: 364 },
] as const;
