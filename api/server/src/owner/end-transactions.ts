import type { ScopedClient } from '../ports.ts';
import { RUNTIME_ROLE } from '../store/migrations/row-security.ts';

/**
 * End transactions that were given up and may still run or hold locks. A connection of ours that was cut has but the
 * transaction it was cut in: nothing of others is ended. As the login; the run-time role may not.
 */
export async function endTransactions(client: ScopedClient, transactions: readonly string[]): Promise<void> {
  if (transactions.length === 0) return;
  await client.query('SET LOCAL ROLE NONE');
  const found = await client.query<{ ended: boolean | null }>(
    'SELECT bool_and(pg_terminate_backend(pid, 2000)) AS ended FROM pg_stat_activity WHERE usename = session_user AND backend_xid = ANY ($1::xid8[]::xid[])',
    [transactions],
  );
  await client.query(`SET LOCAL ROLE ${RUNTIME_ROLE}`);
  if (found.rows[0]?.ended === false) throw new Error('a transaction that was given up still runs in the database');
}
