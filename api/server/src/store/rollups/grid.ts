import type { Span } from './summary.ts';

/** Cuts time into buckets. */
export interface Grid {
  /** The bucket that holds an instant. */
  at(timeUs: number): Span;
}

/** Buckets of one length, aligned to 1970. */
export function fixedGrid(lengthUs: number): Grid {
  return {
    at: (timeUs) => {
      const fromUs = Math.floor(timeUs / lengthUs) * lengthUs;
      return { fromUs, toUs: fromUs + lengthUs };
    },
  };
}

/** A grid that much earlier. */
export function earlierGrid(grid: Grid, byUs: number): Grid {
  return {
    at: (timeUs) => {
      const { fromUs, toUs } = grid.at(timeUs + byUs);
      return { fromUs: fromUs - byUs, toUs: toUs - byUs };
    },
  };
}
