import type pg from 'pg';
import type { Store } from '../store/create-store.ts';
import { createWithScope } from '../store/scope.ts';

/** One try at the database. Given up, the connection it has is cut and it goes no further; what of it may still run there is known. */
export interface Attempt {
  /** As of the store. Each transaction is in `transactions` before it does anything. */
  readonly withOwnerScope: Store['withOwnerScope'];
  giveUp(): void;
  /** Numbers of its transactions in the database. */
  readonly transactions: readonly string[];
}

export function createAttempt({ pool }: Pick<Store, 'pool'>): Attempt {
  const transactions: string[] = [];
  let isOver = false;
  /** The connection it has now; one that was given back is another's. */
  let present: pg.PoolClient | undefined;
  const connect = async (): Promise<pg.PoolClient> => {
    const client = await pool.connect();
    if (isOver) {
      client.release();
      throw new Error('the database answered too late; the attempt was given up');
    }
    present = client;
    const giveBack = client.release;
    client.release = (error) => {
      present = undefined;
      giveBack(error);
    };
    return client;
  };
  // Of a pool only `connect` is asked; a store's connection has the members that the port leaves out.
  const withScope = createWithScope({ connect } as pg.Pool) as Store['withOwnerScope'];
  return {
    transactions,
    withOwnerScope: (scope, run) =>
      withScope(scope, async (client) => {
        const begun = await client.query<{ transaction: string }>('SELECT pg_current_xact_id()::text AS transaction');
        transactions.push(...begun.rows.map((row) => row.transaction));
        return run(client);
      }),
    giveUp: () => {
      isOver = true;
      present?.connection.stream.destroy();
    },
  };
}
