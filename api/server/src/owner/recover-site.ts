import type { Store } from '../store/create-store.ts';
import type { Batch } from './batch.ts';
import { Fenced, renewSite, Restored } from './claim-site.ts';
import { RangeSet } from './range-set.ts';
import type { ShardLink } from './shard-link.ts';
import { readProgress } from './write-rows.ts';

interface Owner {
  readonly tenant: string;
  readonly site: string;
  readonly epoch: number;
}

/** A batch whose commit gave no answer. */
export interface Unclear {
  readonly batch: Pick<Batch, 'progress'>;
  /** Processes of the database that may still be at it. */
  readonly backends: readonly number[];
}

/**
 * The database answers again: is the site still ours, does the database hold all it acknowledged, and is the batch in it?
 * Whatever may still be at the batch is ended first, so that the answer stays true. Rejects with `Fenced` or `Restored`
 * when what is in memory is worth nothing any more.
 */
export async function recoverSite(
  store: Store,
  owner: Owner,
  links: ReadonlyMap<string, ShardLink>,
  unclear: Unclear,
): Promise<'written' | 'missing'> {
  await endBackends(store, unclear.backends);
  return store.withOwnerScope({ grants: [owner] }, async (client) => {
    // This update waits for whoever holds the row in a commit of ours.
    if (!(await renewSite(client, owner, false))) throw new Fenced('the site could not be renewed: another owner has taken it');
    const stored = new Map((await readProgress(client, owner)).map((one) => [`${one.shard}/${one.run}`, new RangeSet(one.committed)]));
    for (const link of links.values())
      for (const [run, { committed }] of link.runs)
        if (committed.ranges().length > 0 && stored.get(`${link.shard}/${run}`)?.hasAll(committed.ranges()) !== true)
          throw new Restored(`${link.shard}, run ${run}`);
    const { progress } = unclear.batch;
    const isWritten =
      progress.length > 0 && progress.every(({ shard, run, ranges }) => stored.get(`${shard}/${run}`)?.hasAll(ranges) === true);
    return isWritten ? 'written' : 'missing';
  });
}

/** As the login, whose processes they are; the run-time role may not. */
async function endBackends({ pool }: Store, backends: readonly number[]): Promise<void> {
  if (backends.length === 0) return;
  const text = `SET LOCAL ROLE NONE;
SELECT bool_and(pg_terminate_backend(pid, 2000)) AS ended FROM pg_stat_activity
WHERE pid IN (${backends.map(Number).join(',')}) AND usename = session_user AND application_name = 'kubeplant api' AND state <> 'idle'`;
  const results = (await pool.query(text)) as unknown as { readonly rows: readonly { readonly ended: boolean | null }[] }[]; // two statements in one transaction, two results
  if (results.some(({ rows }) => rows[0]?.ended === false)) throw new Error('a commit that was given up still runs in the database');
}
