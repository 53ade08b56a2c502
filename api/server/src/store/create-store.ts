import pg from 'pg';
import type { Readings, Scope, ScopedClient, WithScope } from '../ports.ts';
import type { Layout } from './migrations/migration.ts';
import { RUNTIME_ROLE } from './migrations/row-security.ts';
import { createPartitions, noPartitions, type Partitions } from './partitions.ts';
import { createReadings } from './readings/create-readings.ts';
import { createWithScope } from './scope.ts';
import type { StoreLog } from './store-log.ts';

/** The database as the api uses it. */
export interface Store {
  /** Connections of the run-time role; without a scope they see no row of any tenant. */
  readonly pool: pg.Pool;
  readonly layout: Layout;
  readonly withScope: WithScope;
  /** As `withScope`, for the owner of sites: the client can COPY too. */
  readonly withOwnerScope: <T>(scope: Scope, run: (client: pg.PoolClient & ScopedClient) => Promise<T>) => Promise<T>;
  readonly readings: Readings;
  readonly partitions: Partitions;
  close(): Promise<void>;
}

const AHEAD_US = 2 * 86_400_000_000;

/** Partitions until the day after tomorrow, so that no commit has to make one. */
export const ensureAhead = (partitions: Partitions, nowUs: number): Promise<void> => partitions.ensure(nowUs, nowUs + AHEAD_US);

/** Open the migrated database. Rejects when it cannot be reached. */
export async function createStore(deps: {
  readonly databaseUrl: string;
  readonly log: StoreLog;
  readonly maxConnections?: number;
}): Promise<Store> {
  const { databaseUrl, log } = deps;
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: `-c role=${RUNTIME_ROLE} -c timezone=UTC`,
    application_name: 'kubeplant api',
    max: deps.maxConnections ?? 16,
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    query_timeout: 60_000,
    keepAlive: true,
  });
  pool.on('connect', (client) => client.on('error', () => {})); // while it is in use its query rejects; without a listener the process would end
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection was lost'));
  const info = await pool.query<{ layout: Layout }>('SELECT layout FROM schema_info');
  const layout = info.rows[0]?.layout ?? 'partitions';
  const partitions = layout === 'partitions' ? createPartitions((run) => asLogin(databaseUrl, log, run)) : noPartitions;
  const withScope = createWithScope(pool);
  await ensureAhead(partitions, Date.now() * 1000);
  return {
    pool,
    layout,
    withScope,
    withOwnerScope: withScope as Store['withOwnerScope'], // the same connection, with the members that the port leaves out
    readings: createReadings(),
    partitions,
    close: () => pool.end(),
  };
}

async function asLogin<T>(databaseUrl: string, log: StoreLog, run: (client: pg.ClientBase) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'kubeplant partitions',
    connectionTimeoutMillis: 10_000,
    query_timeout: 60_000,
  });
  client.on('error', (error) => log.warn({ err: error }, 'connection lost while making partitions'));
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
