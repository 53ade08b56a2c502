import { createStore, migrate, type Store } from '@kubeplant/api-server/store';
import pg from 'pg';
import { CopyRows } from '../../../api/server/src/store/copy-encoder.ts';
import { copyInto } from '../../../api/server/src/store/copy-into.ts';
import type { TestServer } from '../databases/start-server.ts';
import { startPlainServer } from '../databases/plain-server.ts';

/** Readings of one round, as columns, in the order of time. */
export const ROWS = 200_000;
const TAGS = 1_000;
export const BATCH = 10_000;
const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** A durable PostgreSQL with the store, and a login for `psql`. */
export interface BenchStore {
  readonly store: Store;
  readonly url: string;
  /** Superuser on the same database. */
  readonly admin: pg.Client;
  /** Empty the tables and write out what is dirty, so that rounds are alike. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

export async function openBenchStore(given?: Pick<TestServer, 'adminUrl'> & { remove(): Promise<void> }): Promise<BenchStore> {
  const server = given ?? (await startPlainServer({ durable: true }));
  const setUp = new pg.Client({ connectionString: server.adminUrl });
  await setUp.connect();
  await setUp.query(`CREATE ROLE bench LOGIN CREATEROLE PASSWORD 'bench'`);
  await setUp.query('CREATE DATABASE bench OWNER bench');
  await setUp.end();
  const adminUrl = new URL(server.adminUrl);
  adminUrl.pathname = '/bench';
  const url = new URL(adminUrl);
  url.username = 'bench';
  url.password = 'bench';
  const admin = new pg.Client({ connectionString: adminUrl.href });
  await admin.connect();
  await admin.query(`DO $$ BEGIN CREATE EXTENSION timescaledb; EXCEPTION WHEN OTHERS THEN NULL; END $$`); // where it is loaded
  await migrate(url.href, silent);
  const store = await createStore({ databaseUrl: url.href, log: silent });
  return {
    store,
    url: url.href,
    admin,
    reset: async () => {
      await admin.query('TRUNCATE reading'); // not what is known of runs: the owner would take that for a restored database
      await admin.query('CHECKPOINT');
    },
    close: async () => {
      await store.close();
      await admin.end();
      await server.remove();
    },
  };
}

/** A value per tag and second. */
export function encodeRows(startUs: number, first: number, count: number): CopyRows {
  const rows = new CopyRows(count);
  for (let index = first; index < first + count; index += 1) {
    rows.number((index % TAGS) + 1, startUs + Math.floor(index / TAGS) * 1_000_000, Math.sin(index) * 100, 5, 0, 0);
  }
  return rows;
}

/** Rows of one batch, in the order of time. */
export const batchesOf = (): readonly number[] => Array.from({ length: ROWS / BATCH }, (_, index) => index * BATCH);

/** The store alone: encode and COPY, a transaction per 10,000 rows. Rows per second. */
export async function copyOurWay(store: Store): Promise<number> {
  const startUs = Date.now() * 1000;
  const startMs = performance.now();
  for (const first of batchesOf()) {
    const rows = encodeRows(startUs, first, BATCH);
    await store.withOwnerScope({ grants: [] }, (client) => copyInto(client, 'reading', [rows.bytes()]));
  }
  return ROWS / ((performance.now() - startMs) / 1000);
}
