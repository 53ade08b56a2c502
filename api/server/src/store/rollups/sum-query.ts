import type { Bucket } from './bucket.ts';
import type { Grid } from './grid.ts';
import type { LevelName } from './levels.ts';
import type { Meaning, Span } from './summary.ts';

/** What is asked. */
export interface SumQuery {
  readonly range: Span;
  readonly grid: Grid;
  /** Coarsest sums that fit the grid. */
  readonly level: 'raw' | LevelName;
  /** Of the value at the beginning of a bucket; absent: as the tag says. */
  readonly interpolation?: 'Linear' | 'Step';
  /** Most buckets. */
  readonly limit: number;
  /** Of readings that may be read where no sums hold; several queries may share one. Absent: as many as there are. */
  readonly budget?: ReadBudget;
}

/** Readings that may still be read. */
export interface ReadBudget {
  left: number;
}

/** More readings had to be read than the budget allows. */
export class TooManyReadings extends Error {
  override name = 'TooManyReadings';
  readonly code = 'too-many-readings';
}

/** Buckets in order of time; those in which nothing is known are left out. */
export interface SumAnswer {
  readonly buckets: readonly Bucket[];
  /** The coarsest that was used. */
  readonly source: 'raw' | LevelName;
  readonly meanings: readonly Meaning[];
  readonly observed: readonly Span[];
  /** Where the first bucket beyond the limit begins. */
  readonly nextUs?: number;
}
