import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../../e2e/src/databases/test-database.ts';
import { createStore, type Store } from '../create-store.ts';
import { askOnce, describeSchema } from '../describe-schema.fixture.ts';
import { toTimestamp } from '../micros.ts';
import { migrate } from '../migrate.ts';
import type { Layout } from '../migrations/migration.ts';
import { packHistory } from '../packing/pack-history.ts';
import { DAY_US, HOUR_US, insert, readDay, samplesOf, silent } from '../packing/packing.fixture.ts';
import type { MoveEvent } from './move-event.ts';
import { migrateStorage } from './migrate-storage.ts';
import { MOVED_TABLES } from './moved-tables.ts';

/** A database of this layout on a server with TimescaleDB; its tables in this schema. */
export async function createDatabaseOf(layout: Layout, schema?: string): Promise<TestDatabase> {
  if (layout === 'hypertables' && schema === undefined) return createTestDatabase('timescale');
  const database = await createTestDatabase('timescale', { empty: true });
  if (schema !== undefined)
    await askOnce(database.url, `CREATE SCHEMA "${schema}"; ALTER DATABASE ${database.name} SET search_path = "${schema}", public`);
  await askOnce(
    database.url,
    `CREATE TABLE schema_info (one boolean PRIMARY KEY DEFAULT true CHECK (one), version int4 NOT NULL, min_code_version int4 NOT NULL, layout text NOT NULL);
    INSERT INTO schema_info (version, min_code_version, layout) VALUES (0, 0, '${layout}')`,
  );
  await migrate(database.url, silent);
  return database;
}

const YEAR_US = 365 * 24 * HOUR_US;

/** Readings of every class, numbers, texts and packed ones, sums, in spans old and new; some tables stay empty. */
export async function fillHistory(databaseUrl: string): Promise<void> {
  await withStore(databaseUrl, async (store) => {
    const days = [DAY_US - YEAR_US, DAY_US - 24 * HOUR_US, DAY_US, DAY_US + 24 * HOUR_US];
    for (const day of days) await store.partitions.ensure(day, day);
    await insert(store, samplesOf(4, 150, 1));
    await pack(store, databaseUrl);
    for (const [nth, day] of days.entries()) {
      const samples = samplesOf(4, 20, nth).map((one) => ({ ...one, timeUs: one.timeUs - DAY_US + day }));
      await insert(store, samples);
      if (nth % 2 === 0) await insert(store, samples, 'reading_long');
      if (nth === 0) await insert(store, samples, 'reading_short'); // the first span that is moved
    }
  });
  await askOnce(
    databaseUrl,
    `SET kubeplant.scope = '* *';
    INSERT INTO reading_text SELECT '${toTimestamp(DAY_US)}'::timestamptz + n * interval '1 minute', repeat('größe ' || n, n * 20), 5, 0, 0, 0 FROM generate_series(1, 100) AS n;
    INSERT INTO reading_text_short VALUES ('${toTimestamp(DAY_US)}', NULL, 5, 0, -32763, 0);
    INSERT INTO tag (tenant, site, device, name, origin, text, in_force) SELECT 'a/x', 'north', 'pump', 't' || n, 'Real', false, true FROM generate_series(1, 4) AS n;
    INSERT INTO bi_reader VALUES (session_user, ARRAY['* *']);
    INSERT INTO rollup_1m (time, tag_id, n, bad, first, discontinuity, integral, good_ms, durations)
    SELECT '${toTimestamp(DAY_US)}'::timestamptz + n * interval '1 minute', 1, 1, 0, n, false, 0.1, 'NaN', '{"1": 5}' FROM generate_series(1, 90) AS n;
    INSERT INTO rollup_15m SELECT * FROM rollup_1m WHERE first < 5`,
  );
}

/** Pack what is old enough, as the job does. */
export async function pack(store: Store, databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { layout, partitions } = store;
  const rest = { nowUs: () => Date.now() * 1000, packAfterUs: 26 * HOUR_US, onProgress: () => {}, signal: new AbortController().signal };
  await packHistory({ client, layout, partitions, ...rest });
  await client.end();
}

export async function withStore<T>(databaseUrl: string, run: (store: Store) => Promise<T>): Promise<T> {
  const store = await createStore({ databaseUrl, log: silent });
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

/** What the reading side and the views for other tools say of the history. */
export const readAnswers = (databaseUrl: string): Promise<unknown> =>
  withStore(databaseUrl, async (store) => {
    const days = [DAY_US - YEAR_US, DAY_US - 24 * HOUR_US, DAY_US, DAY_US + 24 * HOUR_US];
    const readings = [];
    for (const day of days) for (const tagId of [1, 2, 3, 4]) readings.push(await readDay(store, tagId, day));
    const span = `'${toTimestamp(DAY_US - 2 * YEAR_US)}', now()`;
    return {
      readings,
      function: await askOnce(databaseUrl, `SELECT * FROM kubeplant_bi.readings('pump', 't2', ${span}) ORDER BY time, value, quality`),
      minutes: await askOnce(databaseUrl, 'SELECT * FROM kubeplant_bi.minutes ORDER BY time, tag'),
    };
  });

/** How many rows of each table there are, and a digest of them all. */
export async function digestRows(databaseUrl: string, names = MOVED_TABLES.map(({ name }) => name)): Promise<Record<string, string>> {
  const digests: Record<string, string> = {};
  for (const name of names) {
    const sql = `SELECT count(*) || ' ' || coalesce(md5(string_agg(row::text, '|' ORDER BY row::text)), '') AS digest FROM ${name} AS row`;
    digests[name] = (await askOnce<{ digest: string }>(databaseUrl, sql))[0]?.digest ?? '';
  }
  return digests;
}

/** The schema, partitions told by their kind alone: which there are depends on what has been recorded. */
export async function describeKinds(databaseUrl: string): Promise<Set<string>> {
  const all = await describeSchema(databaseUrl);
  const kinds = all.map((one) =>
    JSON.stringify(one)
      .replaceAll(/_\d{8}(?!\d)/g, '_DAY')
      .replaceAll(/'[-0-9]{10} [^']*'/g, 'TIME'),
  );
  // The second time a function is written down, it names columns that had no name.
  return new Set(kinds.map((kind) => kind.replaceAll('NULL::text AS text', 'NULL::text')));
}

/** What one schema has and the other has not. */
export const differences = (one: ReadonlySet<string>, other: ReadonlySet<string>): string[] => [
  ...[...one].filter((kind) => !other.has(kind)),
  ...[...other].filter((kind) => !one.has(kind)),
];

/** Move all of it; returns what was told. */
export async function move(
  databaseUrl: string,
  to: Layout,
  more: Partial<Parameters<typeof migrateStorage>[0]> = {},
): Promise<MoveEvent[]> {
  const told: MoveEvent[] = [];
  const signal = new AbortController().signal;
  await migrateStorage({ databaseUrl, to, tell: (event) => told.push(event), signal, log: silent, ...more });
  return told;
}
