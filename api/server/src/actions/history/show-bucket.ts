import type { Reading } from '@kubeplant/api-client';
import type { Bucket } from '../../store/rollups/bucket.ts';
import { formatTime } from '../time.ts';

const finite = (value: number | undefined): number | null => (value !== undefined && Number.isFinite(value) ? value : null);

/** Average over the time the value was known; the plain mean where nobody confirms how long it held. */
const average = ({ n, sum, integral, goodMs }: Bucket): number | null => finite(goodMs > 0 ? integral / goodMs : sum / n);

/** The figures of a bucket by name, of a tag that holds numbers. */
export const FIGURES = {
  avg: average,
  min: ({ n, min }: Bucket) => (n > 0 ? finite(min) : null),
  max: ({ n, max }: Bucket) => (n > 0 ? finite(max) : null),
  first: ({ n, first }: Bucket) => (n > 0 ? finite(first) : null),
  last: ({ n, last }: Bucket) => (n > 0 ? finite(last) : null),
  value: ({ start }: Bucket) => finite(start),
  increase: ({ increase }: Bucket) => finite(increase),
  integral: ({ integral }: Bucket) => finite(integral / 1000),
} as const;

/** A bucket with the figures that are wanted; of text only what is counted. */
export function showBucket(bucket: Bucket, wanted: ReadonlySet<string>, text: boolean): Reading {
  const reading: Reading = { time: formatTime(bucket.fromUs) };
  for (const [name, figure] of Object.entries(FIGURES))
    if (wanted.has(name)) Object.assign(reading, { [name]: text ? null : figure(bucket) });
  if (wanted.has('goodMs')) reading.goodMs = bucket.goodMs;
  if (wanted.has('durations')) reading.durations = Object.fromEntries(bucket.durations ?? []);
  if (wanted.has('count')) Object.assign(reading, { count: bucket.n, bad: bucket.bad });
  return reading;
}
