import { type ReadBudget, TooManyReadings } from '../../store/rollups/sum-query.ts';
import { invalidInput, unavailable } from '../action-error.ts';
import type { PlannedGrid } from './plan-grid.ts';

/** Most readings that one answer may be made from, where no sums fit: more would hold up other requests. */
const MAX_READ = 2_000_000;

/** The budget of one request. */
export const createBudget = (): ReadBudget => ({ left: MAX_READ });

/** Reckon buckets; what takes more readings than one answer may be made from is refused with what to ask for instead. */
export async function withinBudget<T>({ interval, level }: Pick<PlannedGrid, 'interval' | 'level'>, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof TooManyReadings)) throw error;
    if (level === 'raw') {
      const message = `is ${interval}, which takes more than ${MAX_READ} readings of this range, the most for one answer: take a multiple of 1m, or a shorter range`;
      throw invalidInput([{ field: 'interval', message }]);
    }
    throw unavailable(
      `This range is not summed up yet and holds more than ${MAX_READ} readings, the most for one answer: take a shorter range, or try again in a few minutes.`,
    );
  }
}
