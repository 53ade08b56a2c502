import type { ScopedClient } from '../ports.ts';
import { Restored } from './claim-site.ts';
import { RangeSet } from './range-set.ts';
import type { ShardLink } from './shard-link.ts';
import { readProgress } from './write-rows.ts';

/** Runs that have been quiet for longer are not compared: the database deletes what it knows of old ones. */
const COMPARED_DAYS = 7;
const DAY_US = 86_400_000_000;

/** What the database holds of runs of late, by `shard/run`. Rejects when it lacks what it acknowledged. */
export async function assertKept(
  client: ScopedClient,
  place: { readonly tenant: string; readonly site: string },
  links: ReadonlyMap<string, ShardLink>,
  nowUs: number,
): Promise<ReadonlyMap<string, RangeSet>> {
  const found = await readProgress(client, place, COMPARED_DAYS + 1);
  const stored = new Map(found.map((one) => [`${one.shard}/${one.run}`, new RangeSet(one.committed)]));
  for (const { shard, runs } of links.values())
    for (const [run, { committed, committedUs }] of runs)
      if (committedUs > nowUs - COMPARED_DAYS * DAY_US && stored.get(`${shard}/${run}`)?.hasAll(committed.ranges()) !== true)
        throw new Restored(`blocks of run ${run} of shard ${shard}`);
  return stored;
}
