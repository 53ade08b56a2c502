import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, type TestDatabase } from '../../../../../e2e/src/databases/test-database.ts';
import { askOnce } from '../describe-schema.fixture.ts';
import { dropExpired } from '../drop-expired.ts';
import { listSpans } from '../list-spans.ts';
import { migrate } from '../migrate.ts';
import type { Layout } from '../migrations/migration.ts';
import { DAY_US, HOUR_US, insert, readDay, silent } from '../packing/packing.fixture.ts';
import type { MoveEvent } from './move-event.ts';
import {
  createDatabaseOf,
  describeKinds,
  differences,
  digestRows,
  fillHistory,
  move,
  pack,
  readAnswers,
  withStore,
} from './migrate-storage.fixture.ts';
import { otherLayout } from './moved-tables.ts';

/** Views and functions as somebody makes them for a report: on tables, on each other, on the type of a row, with rights and comments. */
const REPORTS = `
CREATE SCHEMA "My reports";
CREATE VIEW "My reports"."Per tag" WITH (security_barrier) AS SELECT tag_id AS "Tag", count(*) AS n FROM reading GROUP BY tag_id;
COMMENT ON VIEW "My reports"."Per tag" IS 'it''s counted';
COMMENT ON COLUMN "My reports"."Per tag".n IS 'readings';
CREATE FUNCTION "My reports".total("of" int4) RETURNS int8 LANGUAGE sql STABLE BEGIN ATOMIC
  SELECT n FROM "My reports"."Per tag" WHERE "Tag" = "of"; END;
CREATE VIEW "My reports".both AS SELECT "Tag", "My reports".total("Tag") AS total FROM "My reports"."Per tag" JOIN reading_long ON tag_id = "Tag" GROUP BY 1;
CREATE FUNCTION "My reports".longest() RETURNS SETOF reading_long LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT * FROM public.reading_long ORDER BY time LIMIT 1; END $$;
REVOKE EXECUTE ON FUNCTION "My reports".longest() FROM PUBLIC;
GRANT SELECT ON "My reports".both TO kubeplant_runtime, PUBLIC;
GRANT SELECT (n) ON "My reports"."Per tag" TO kubeplant_runtime;
GRANT EXECUTE ON FUNCTION "My reports".longest() TO kubeplant_runtime;
GRANT SELECT ON reading TO PUBLIC;
CREATE INDEX "by Value" ON reading (value) WHERE value > 5;`;
const ANSWERS = `SELECT (SELECT array_agg(b ORDER BY "Tag") FROM "My reports".both b)::text AS both, (SELECT l FROM "My reports".longest() l)::text AS longest`;

describe.skipIf(!engines().includes('timescale')).each<Layout>(['partitions', 'hypertables'])('a history moved to %s', (to) => {
  const from = otherLayout(to);
  let database: TestDatabase;
  let fresh: TestDatabase;
  let told: MoveEvent[];
  let before: readonly [unknown, unknown, unknown];
  const answers = () => Promise.all([digestRows(database.url), readAnswers(database.url), askOnce(database.url, ANSWERS)]);

  beforeAll(async () => {
    database = await createDatabaseOf(from);
    await fillHistory(database.url);
    await askOnce(database.url, REPORTS);
    before = await answers();
    told = await move(database.url, to);
    fresh = await createDatabaseOf(to);
    await withStore(fresh.url, async () => {});
    await askOnce(fresh.url, REPORTS);
  });
  afterAll(async () => {
    await database.drop();
    await fresh.drop();
  });

  it('answers as before, row by row, through the api, its views and the views of others', async () => {
    expect(JSON.stringify(before[1]).length).toBeGreaterThan(10_000);
    expect(await answers()).toEqual(before);
  });

  it('has the schema of a database that was made so', async () => {
    await withStore(database.url, async (store) => expect(store.layout).toBe(to));
    const [is, shouldBe] = [await describeKinds(database.url), await describeKinds(fresh.url)];
    expect(shouldBe.size).toBeGreaterThan(500);
    expect(differences(is, shouldBe)).toEqual([]);
    const info = 'SELECT version, min_code_version, layout, storage_move FROM schema_info';
    expect(await askOnce(database.url, info)).toEqual(await askOnce(fresh.url, info));
  });

  it('tells how far it is, and at the end the rows of each table', () => {
    expect(told[0]).toMatchObject({ event: 'started', to, resumed: false });
    const spans = told.flatMap((one) => (one.event === 'span' ? [one] : []));
    const last = spans.at(-1);
    expect(last).toMatchObject({ spansDone: last?.spansTotal, bytesDone: last?.bytesTotal, secondsLeft: 0 });
    expect(spans.map(({ rowsDone }) => rowsDone)).toEqual(spans.map(({ rowsDone }) => rowsDone).toSorted((a, b) => a - b));
    const done = told.at(-1);
    const tables = done?.event === 'done' ? done.tables : [];
    expect(tables).toHaveLength(11);
    const counts = Object.fromEntries(tables.map(({ table, before: rows }) => [table, String(rows)]));
    expect(counts).toEqual(
      Object.fromEntries(Object.entries(before[0] as object).map(([table, digest]) => [table, String(digest).split(' ')[0]])),
    );
    for (const one of tables) expect(one.after).toBe(one.before);
    expect(last?.rowsDone).toBe(tables.reduce((sum, { after }) => sum + after, 0));
  });

  it('is left alone when it is moved there again', async () => {
    expect(await move(database.url, to)).toEqual([{ event: 'unchanged', layout: to }]);
  });

  it('is recorded to, packed and dropped from as ever', async () => {
    await migrate(database.url, silent);
    await withStore(database.url, async (store) => {
      const yesterdayUs = DAY_US + 3 * 24 * HOUR_US;
      const samples = [0, 1, 2].map((n) => ({ tagId: 9, timeUs: yesterdayUs + n, value: n, receivedDeltaMs: 0, status: 0, flags: 0 }));
      await store.partitions.ensure(yesterdayUs, yesterdayUs);
      await insert(store, samples);
      const was = [await readDay(store, 9, yesterdayUs), await readDay(store, 1), await readDay(store, 1, DAY_US + 24 * HOUR_US)];
      expect(was.map(({ length }) => length > 0)).toEqual([true, true, true]);
      await pack(store, database.url);
      expect([await readDay(store, 9, yesterdayUs), await readDay(store, 1), await readDay(store, 1, DAY_US + 24 * HOUR_US)]).toEqual(was);
      expect((await digestRows(database.url)).reading).toMatch(/^0 /);
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      const spans = await listSpans(client, to, { name: 'reading', column: 'time', days: 1 });
      const rest = { layout: to, partitions: store.partitions, signal: new AbortController().signal, log: silent };
      let dropped = 0;
      const done = (count: number): void => {
        dropped += count;
      };
      await dropExpired({ ...rest, client, nowUs: DAY_US, keptDays: { short: 34, standard: 34, long: 34 }, done });
      expect(dropped).toBeGreaterThanOrEqual(2);
      expect((await listSpans(client, to, { name: 'reading', column: 'time', days: 1 })).length).toBeLessThan(spans.length);
      await client.end();
    });
  });
});
