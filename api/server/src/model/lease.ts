import type { Store } from '../store/create-store.ts';

const TAKE = `
INSERT INTO model_source AS s (cluster, lease_transitions, host) VALUES ($1, $2, $3)
ON CONFLICT (cluster) DO UPDATE SET lease_transitions = excluded.lease_transitions, host = excluded.host, seen_at = now()
WHERE s.lease_transitions <= excluded.lease_transitions`;

/** Remember the newest leader of a cluster; false when this one is older than one seen before. */
export async function takeLease(
  store: Pick<Store, 'pool'>,
  hello: { readonly cluster: string; readonly leaseTransitions: number; readonly host: string },
): Promise<boolean> {
  const taken = await store.pool.query(TAKE, [hello.cluster, hello.leaseTransitions, hello.host]);
  return taken.rowCount !== 0;
}

/** True while no newer leader has come. */
export async function holdsLease(
  store: Pick<Store, 'pool'>,
  hello: { readonly cluster: string; readonly leaseTransitions: number },
): Promise<boolean> {
  const found = await store.pool.query('SELECT 1 FROM model_source WHERE cluster = $1 AND lease_transitions <= $2', [
    hello.cluster,
    hello.leaseTransitions,
  ]);
  return found.rowCount !== 0;
}
