import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines, type TestDatabase } from '../../../../../e2e/src/databases/test-database.ts';
import { askOnce } from '../describe-schema.fixture.ts';
import { migrate } from '../migrate.ts';
import type { Layout } from '../migrations/migration.ts';
import { createRandom, silent } from '../packing/packing.fixture.ts';
import type { Client } from './in-transaction.ts';
import {
  createDatabaseOf,
  describeKinds,
  differences,
  digestRows,
  fillHistory,
  move,
  readAnswers,
  withStore,
} from './migrate-storage.fixture.ts';
import { moveOn } from './migrate-storage.ts';
import { MOVED_TABLES, otherLayout, unmovedName } from './moved-tables.ts';

describe.skipIf(!engines().includes('timescale')).each<Layout>(['partitions', 'hypertables'])('a move to %s that is killed', (to) => {
  let database: TestDatabase;
  let before: unknown;
  const state = () => Promise.all([digestRows(database.url), readAnswers(database.url)]);

  beforeEach(async () => {
    database = await createDatabaseOf(otherLayout(to));
    await fillHistory(database.url);
    before = await state();
  });
  afterEach(() => database.drop());

  /** One attempt; true when it came to its end. */
  async function attempt(wrap: (client: pg.Client) => Client, aim: Layout = to): Promise<boolean> {
    const client = new pg.Client({ connectionString: database.url, application_name: 'kubeplant migrate-storage' });
    client.on('error', () => {});
    await client.connect();
    const rest = { databaseUrl: database.url, to: aim, tell: () => {}, signal: new AbortController().signal, log: silent };
    try {
      await moveOn(wrap(client), rest);
      return true;
    } catch (error) {
      expect(String(error)).toMatch(/terminat|not queryable|Client/);
      return false;
    } finally {
      await client.end().catch(() => {});
    }
  }

  async function expectWhole(layout: Layout): Promise<void> {
    expect(await state()).toEqual(before);
    const fresh = await createDatabaseOf(layout);
    await withStore(fresh.url, async () => {});
    expect(differences(await describeKinds(database.url), await describeKinds(fresh.url))).toEqual([]);
    await fresh.drop();
  }

  it('before each kind of statement that changes something goes on and ends whole; no row is missing or doubled meanwhile, and no process starts', async () => {
    const survived = new Set<string>();
    const rows = await countAll(database.url);
    const dieBeforeNew = (client: pg.Client): Client =>
      wrapQuery(client, (sql) => {
        if (/^\s*(SELECT (?!create_hypertable)|WITH)/.test(sql)) return false;
        const kind = sql
          .replaceAll(/\b(reading|rollup)(_[a-z0-9]+)*\b/g, 'T')
          .replaceAll(/_hyper\w+/g, 'S')
          .replaceAll(/'[-0-9TZ:.]+'/g, 'D');
        return survived.size < survived.add(kind).size;
      });
    for (let attempts = 1; !(await attempt(dieBeforeNew)); attempts += 1) {
      expect(attempts).toBeLessThan(200);
      expect(await countAll(database.url)).toBe(rows);
      if (await isMoving(database.url)) await expect(migrate(database.url, silent)).rejects.toThrow(/being moved to the layout/);
    }
    expect(survived.size).toBeGreaterThan(20);
    await expectWhole(to);
  }, 180_000);

  it('leaves a span as it was when not all of its rows arrive', async () => {
    const rows = await countAll(database.url);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const query = async (sql: string, values?: unknown[]): Promise<pg.QueryResult> => {
      const result = await client.query(sql, values);
      return sql.startsWith('INSERT INTO reading ') ? { ...result, rowCount: Number(result.rowCount) - 1 } : result;
    };
    const rest = { databaseUrl: database.url, to, tell: () => {}, signal: new AbortController().signal, log: silent };
    await expect(moveOn({ query } as unknown as Client, rest)).rejects.toThrow(/has (\d+) rows and \d+ were copied: it was left as it was/);
    await client.end();
    expect(await countAll(database.url)).toBe(rows);
    await move(database.url, to);
    await expectWhole(to);
  });

  it.each([1, 2])('at moments of chance (%i), turned back and forth as well, ends whole', async (seed) => {
    const random = createRandom(seed + (to === 'partitions' ? 100 : 0));
    const dieLater = (client: pg.Client): Client => {
      let left = 120 + Math.floor(random() * 400);
      return wrapQuery(client, () => {
        left -= 1;
        return left === 0;
      });
    };
    let aim = to;
    for (let attempts = 1; attempts < 9; attempts += 1) {
      aim = random() < 0.3 ? otherLayout(to) : to;
      await attempt(dieLater, aim);
    }
    await move(database.url, aim);
    await expectWhole(aim);
  });
});

/** As the client, but its connection dies before a statement for which `dies` says so. */
const wrapQuery = (client: pg.Client, dies: (sql: string) => boolean): Client => {
  const query = (...args: Parameters<pg.Client['query']>): unknown => {
    if (dies(String(args[0]))) client.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => {});
    return client.query(...args);
  };
  return { query } as unknown as Client; // the overloads of `query` are one function
};

async function countAll(url: string): Promise<number> {
  const tables = MOVED_TABLES.flatMap(({ name }) => [name, unmovedName(name)]);
  const found = await askOnce<{ rows: number }>(
    url,
    `SELECT coalesce(sum((xpath('//n/text()', query_to_xml('SELECT count(*) AS n FROM ' || name, false, true, '')))[1]::text::int4), 0)::int4 AS rows
    FROM unnest(ARRAY['${tables.join("','")}']) AS t (name) WHERE to_regclass(name) IS NOT NULL`,
  );
  return found[0]?.rows ?? 0;
}

const isMoving = async (url: string): Promise<boolean> =>
  (await askOnce(url, 'SELECT 1 FROM schema_info WHERE storage_move IS NOT NULL')).length > 0;
