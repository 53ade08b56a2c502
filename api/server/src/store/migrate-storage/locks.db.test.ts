import pg from 'pg';
import { expect, it } from 'vitest';
import { engines } from '../../../../../e2e/src/databases/test-database.ts';
import { askOnce } from '../describe-schema.fixture.ts';
import type { Layout } from '../migrations/migration.ts';
import { silent } from '../packing/packing.fixture.ts';
import { makeSpan } from '../partitions.ts';
import type { Client } from './in-transaction.ts';
import { createDatabaseOf, digestRows } from './migrate-storage.fixture.ts';
import { moveOn } from './migrate-storage.ts';
import { otherLayout } from './moved-tables.ts';

const DAYS = 160;

/** A server has room for about 6,000 locks by default; a class that is kept for 20 years has more spans. */
it.skipIf(!engines().includes('timescale')).each<Layout>(['partitions', 'hypertables'])(
  'a move to %s takes no more locks at a time where there are many spans, turned back half-way as well',
  async (to) => {
    const database = await createDatabaseOf(otherLayout(to));
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    if (to === 'hypertables')
      for (let day = 20_000; day < 20_000 + DAYS; day += 1) await makeSpan(client, { name: 'reading_long', days: 1 }, day);
    const time = `'epoch'::timestamptz + (20000 + n) * interval '1 day'`;
    await askOnce(database.url, `INSERT INTO reading_long SELECT ${time}, n, 1, 0, 0, 0 FROM generate_series(0, ${DAYS - 1}) AS n`);
    const before = await digestRows(database.url);
    let most = 0;
    const query = async (sql: string, values?: unknown[]): Promise<unknown> => {
      if (sql === 'COMMIT') {
        const held = await client.query('SELECT count(*)::int4 AS locks FROM pg_locks WHERE pid = pg_backend_pid()');
        most = Math.max(most, held.rows[0].locks);
      }
      return client.query(sql, values);
    };
    const moveTo = async (aim: Layout, stopAfter: number): Promise<void> => {
      const stop = new AbortController();
      const tell = (event: { event: string; spansDone?: number }): void => {
        if (event.spansDone === stopAfter) stop.abort();
      };
      await moveOn({ query } as unknown as Client, { databaseUrl: database.url, to: aim, tell, signal: stop.signal, log: silent });
    };
    await moveTo(to, DAYS / 2);
    await moveTo(otherLayout(to), DAYS / 4);
    await moveTo(to, -1);
    expect(await digestRows(database.url)).toEqual(before);
    expect(most).toBeGreaterThan(5);
    expect(most).toBeLessThan(100); // the tables, their indexes and views
    await client.end();
    await database.drop();
  },
  120_000,
);
