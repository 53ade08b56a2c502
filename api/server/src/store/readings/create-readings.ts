import type { Readings } from '../../ports.ts';
import { aggregateReadings } from './aggregate-readings.ts';
import { findTag } from './find-tag.ts';
import { latestReadings } from './latest-readings.ts';
import { observedSpans } from './observed-spans.ts';
import { rawReadings } from './raw-readings.ts';
import { streamReadings } from './stream-readings.ts';

/** History as `ports.ts` promises it. */
export const createReadings = (): Readings => ({
  tag: findTag,
  latest: latestReadings,
  raw: rawReadings,
  aggregate: aggregateReadings,
  stream: streamReadings,
  observed: observedSpans,
});
