import { formatDuration, parseDuration } from '@kubeplant/words';
import { type Grid, fixedGrid } from '../../store/rollups/grid.ts';
import { type LevelName, MINUTE_US, QUARTER_US } from '../../store/rollups/levels.ts';
import { dayGrid, type SiteDay } from '../../store/rollups/site-days.ts';
import { invalidInput } from '../action-error.ts';
import type { Range } from './range.ts';

/** Buckets as asked for, and the coarsest sums that fit them. */
export interface PlannedGrid {
  readonly interval: string;
  readonly grid: Grid;
  readonly level: 'raw' | LevelName;
  /** About the length of a bucket. */
  readonly lengthUs: number;
}

const DAY_US = 86_400_000_000;
/** Longest bucket, in hours: about ten years. */
const MAX_HOURS = 87_600;

/** The grid of an interval; 400 where it is none or beyond what times can be counted in. */
export function toGrid(interval: string, day: SiteDay): PlannedGrid {
  const [, days] = /^(\d+)d$/.exec(interval) ?? [];
  if (days !== undefined) return { interval, grid: dayGrid(day, Number(days)), level: '1d', lengthUs: Number(days) * DAY_US };
  const ms = parseDuration(interval);
  if (ms === undefined || ms <= 0 || ms > MAX_HOURS * 3_600_000)
    throw invalidInput([{ field: 'interval', message: `is ${interval}; it must be longer than 0 and at most ${MAX_HOURS}h` }]);
  const lengthUs = ms * 1000;
  const level = lengthUs % QUARTER_US === 0 ? '15m' : lengthUs % MINUTE_US === 0 ? '1m' : 'raw';
  return { interval, grid: fixedGrid(lengthUs), level, lengthUs };
}

const SIZES_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 14_400, 21_600, 43_200];
const SIZES_D = [1, 2, 3, 7, 14, 28, 91, 182, 364];

/** The smallest interval with which a range has at most so many buckets; `leastUs`: not smaller than this. */
export function fittingInterval({ fromUs, toUs }: Range, points: number, leastUs = 0): string {
  const wantedUs = Math.max(leastUs, (toUs - fromUs) / points);
  const seconds = SIZES_S.find((size) => size * 1e6 >= wantedUs);
  if (seconds !== undefined) return formatDuration(seconds * 1000);
  return `${SIZES_D.find((size) => size * DAY_US >= wantedUs) ?? 364}d`;
}
