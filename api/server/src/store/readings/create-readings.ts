import type { Readings } from '../../ports.ts';
import { readCounted } from '../rollups/counted.ts';
import { sumRange } from '../rollups/sum-range.ts';
import { readCalendar } from '../rollups/sums-state.ts';
import { readMeanings } from '../rollups/tag-meaning.ts';
import { findTag } from './find-tag.ts';
import { latestReadings } from './latest-readings.ts';
import { observedSpans } from './observed-spans.ts';
import { rawReadings } from './raw-readings.ts';
import { streamReadings } from './stream-readings.ts';

/** History as `ports.ts` promises it. */
export function createReadings(): Readings {
  const plain = { raw: rawReadings, stream: streamReadings };
  return {
    ...plain,
    tag: findTag,
    latest: latestReadings,
    observed: observedSpans,
    sums: (client, tag, query) => sumRange({ client, readings: plain }, tag, query),
    counted: readCounted,
    meanings: async (client, tag) => (await readMeanings(client, [tag.tagId])).get(tag.tagId) ?? [],
    siteDay: readCalendar,
  };
}
