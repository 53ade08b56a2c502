import { parseDuration } from '@kubeplant/words';
import { earlierGrid } from '../../store/rollups/grid.ts';
import { MINUTE_US, QUARTER_US } from '../../store/rollups/levels.ts';
import { dayGrid, type SiteDay } from '../../store/rollups/site-days.ts';
import { invalidInput } from '../action-error.ts';
import type { PlannedGrid } from './plan-grid.ts';
import type { Range } from './range.ts';

/** A range and the grid it is read on. */
export interface Shifted {
  readonly range: Range;
  readonly planned: PlannedGrid;
}

/** The period before: by a duration, or by days of the site, so that eight o'clock is compared with eight o'clock. */
export function shiftEarlier({ range, planned, day }: Shifted & { readonly day: SiteDay }, offset: string | undefined): Shifted {
  if (offset === undefined) return { range, planned };
  const byUs = toMicrosOf(offset, range.fromUs, day);
  const earlier = { fromUs: range.fromUs - byUs, toUs: range.toUs - byUs };
  if (earlier.fromUs < 0) throw invalidInput([{ field: 'series', message: `has the offset ${offset}, which leads to before 1970` }]);
  if (planned.level === '1d') return { range: earlier, planned };
  return { range: earlier, planned: { ...planned, grid: earlierGrid(planned.grid, byUs), level: fitting(planned.level, byUs) } };
}

function fitting(level: PlannedGrid['level'], byUs: number): PlannedGrid['level'] {
  if (level === '15m' && byUs % QUARTER_US === 0) return '15m';
  return level !== 'raw' && byUs % MINUTE_US === 0 ? '1m' : 'raw';
}

function toMicrosOf(offset: string, fromUs: number, day: SiteDay): number {
  const [, days] = /^(\d+)d$/.exec(offset) ?? [];
  if (days === undefined) return (parseDuration(offset) ?? 0) * 1000;
  const grid = dayGrid(day);
  const today = grid.at(fromUs).fromUs;
  return today - grid.at(today - Number(days) * 86_400_000_000 + 43_200_000_000).fromUs;
}
