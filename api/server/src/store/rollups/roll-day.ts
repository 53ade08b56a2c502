import type { Readings, ScopedClient, StoredTag } from '../../ports.ts';
import type { Bucket } from './bucket.ts';
import { DAYS } from './levels.ts';
import { replaceSummaries, type TagBuckets } from './rollup-rows.ts';
import { dayGrid, type SiteDay } from './site-days.ts';
import { sumOwn } from './sum-range.ts';

/** Reckon the day of a site that holds an instant anew for some tags, from their quarters of an hour. */
export async function rollDay(
  deps: { readonly client: ScopedClient; readonly readings: Pick<Readings, 'raw' | 'stream'> },
  tags: readonly StoredTag[],
  day: SiteDay,
  timeUs: number,
): Promise<void> {
  const grid = dayGrid(day);
  const range = grid.at(timeUs);
  const sums: TagBuckets[] = [];
  for (const tag of tags) {
    const buckets: readonly Bucket[] = await sumOwn(deps, tag, { range, grid, level: '15m' });
    sums.push({ tagId: tag.tagId, buckets });
  }
  await replaceSummaries(deps.client, DAYS, range, sums);
}
