import type { ScopedClient } from '../ports.ts';
import { assertKept } from './assert-kept.ts';
import type { Attempt } from './attempt.ts';
import type { Batch } from './batch.ts';
import { Fenced, renewSite } from './claim-site.ts';
import { endTransactions } from './end-transactions.ts';
import type { ShardLink } from './shard-link.ts';

interface Owner {
  readonly tenant: string;
  readonly site: string;
  readonly epoch: number;
}

/** What was asked of the database and got no answer. */
export interface Unclear {
  readonly progress: Batch['progress'];
  /** Transactions in which it may have been written. */
  readonly transactions: readonly string[];
  /** Other transactions that were given up and may hold locks. */
  readonly others: readonly string[];
}

/**
 * The database answers again: is the site still ours, does the database hold all it acknowledged, and was what is unclear
 * written? Transactions that may still run are ended first, so that the answer stays true. Rejects with `Fenced` or
 * `Restored` when what is in memory is worth nothing any more.
 */
export function recoverSite(
  attempt: Attempt,
  owner: Owner,
  { links, nowUs }: { readonly links: ReadonlyMap<string, ShardLink>; readonly nowUs: number },
  unclear: Unclear,
): Promise<'written' | 'missing'> {
  return attempt.withOwnerScope({ grants: [owner] }, async (client) => {
    await endTransactions(client, [...unclear.transactions, ...unclear.others]);
    if (!(await renewSite(client, owner, false))) throw new Fenced('the site could not be renewed: another owner has taken it');
    const stored = await assertKept(client, owner, links, nowUs);
    const { progress, transactions } = unclear;
    // A database that was failed over gives numbers of transactions again; those of blocks it does not.
    const isWritten =
      progress.length > 0
        ? progress.every(({ shard, run, ranges }) => stored.get(`${shard}/${run}`)?.hasAll(ranges) === true)
        : await isCommitted(client, transactions);
    return isWritten ? 'written' : 'missing';
  });
}

async function isCommitted(client: ScopedClient, transactions: readonly string[]): Promise<boolean> {
  // A number that was not given yet is of a time before the database went back, and refused.
  const text = `SELECT FROM unnest($1::xid8[]) AS t (id) WHERE CASE WHEN id < pg_current_xact_id() THEN pg_xact_status(id) = 'committed' END`;
  return (await client.query(text, [transactions])).rowCount !== 0;
}
