import type { Point, Span, Summary } from './summary.ts';

/** A bucket that is being filled. */
export interface Bucket extends Span {
  n: number;
  bad: number;
  sum: number;
  min: number;
  max: number;
  first: number;
  firstUs: number;
  last: number;
  lastUs: number;
  headUs: number | undefined;
  tailUs: number | undefined;
  integral: number;
  goodMs: number;
  increase: number;
  discontinuity: boolean;
  durations: Map<number, number> | undefined;
  /** Value at the beginning of the bucket. */
  start: number | undefined;
}

export function createBucket({ fromUs, toUs }: Span, states: boolean): Bucket {
  return {
    ...{ fromUs, toUs, n: 0, bad: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY },
    ...{ first: Number.NaN, firstUs: 0, last: Number.NaN, lastUs: 0, headUs: undefined, tailUs: undefined },
    ...{ integral: 0, goodMs: 0, increase: 0, discontinuity: false, durations: states ? new Map() : undefined, start: undefined },
  };
}

/** Count a reading. */
export function addPoint(bucket: Bucket, { timeUs, value, good, discontinuity }: Point): void {
  if (!good) {
    if (bucket.n === 0 && bucket.bad === 0) bucket.headUs = timeUs;
    bucket.bad += 1;
    bucket.tailUs ??= timeUs;
    return;
  }
  if (bucket.n === 0) {
    bucket.first = value;
    bucket.firstUs = timeUs;
    bucket.discontinuity = discontinuity;
  }
  bucket.n += 1;
  bucket.sum += value;
  bucket.min = Math.min(bucket.min, value);
  bucket.max = Math.max(bucket.max, value);
  bucket.last = value;
  bucket.lastUs = timeUs;
  bucket.tailUs = undefined;
}

/** Count what a smaller bucket inside this one holds. */
export function addSummary(bucket: Bucket, summary: Summary): void {
  if (bucket.n === 0 && bucket.bad === 0) bucket.headUs = summary.headUs;
  bucket.bad += summary.bad;
  bucket.integral += summary.integral;
  bucket.goodMs += summary.goodMs;
  bucket.increase += summary.increase;
  for (const [value, ms] of summary.durations ?? []) addDuration(bucket, value, ms);
  if (summary.n === 0) {
    bucket.tailUs ??= summary.tailUs;
    return;
  }
  if (bucket.n === 0) {
    bucket.first = summary.first;
    bucket.firstUs = summary.firstUs;
    bucket.discontinuity = summary.discontinuity;
  }
  bucket.n += summary.n;
  bucket.sum += summary.sum;
  bucket.min = Math.min(bucket.min, summary.min);
  bucket.max = Math.max(bucket.max, summary.max);
  bucket.last = summary.last;
  bucket.lastUs = summary.lastUs;
  bucket.tailUs = summary.tailUs;
}

/** Values a bucket keeps time for; more is no state any more. */
const MAX_STATES = 64;

/** Keep time for a value; of values beyond the first 64 no time is kept. */
export function addDuration({ durations }: Bucket, value: number, ms: number): void {
  if (durations === undefined || ms <= 0) return;
  const before = durations.get(value);
  if (before !== undefined || durations.size < MAX_STATES) durations.set(value, (before ?? 0) + ms);
}
