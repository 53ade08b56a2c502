import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../../e2e/src/databases/test-database.ts';
import { createStore, type Store } from '../create-store.ts';
import { packHistory } from './pack-history.ts';
import { DAY_US, HOUR_US, insert, readDay, samplesOf, silent, tagOf } from './packing.fixture.ts';

describe.each(engines())('packing on %s', (engine) => {
  let database: TestDatabase;
  let store: Store;
  let login: pg.Client;
  const pack = (more: Partial<Parameters<typeof packHistory>[0]> = {}) =>
    packHistory({
      client: login,
      layout: store.layout,
      partitions: store.partitions,
      nowUs: () => Date.now() * 1000,
      packAfterUs: 26 * HOUR_US,
      onProgress: () => {},
      signal: new AbortController().signal,
      pieceBlocks: 20,
      ...more,
    });
  const count = async (table: string): Promise<number> => (await login.query(`SELECT count(*)::int AS n FROM ${table}`)).rows[0].n;
  const total = async (): Promise<number> =>
    (await count('reading')) + (await login.query('SELECT coalesce(sum(n), 0)::int AS n FROM reading_sealed')).rows[0].n;

  beforeAll(async () => {
    database = await createTestDatabase(engine);
    store = await createStore({ databaseUrl: database.url, log: silent });
    await store.partitions.ensure(DAY_US - 24 * HOUR_US, DAY_US + 48 * HOUR_US);
    login = new pg.Client({ connectionString: database.url });
    await login.connect();
  });
  afterAll(async () => {
    await login.end();
    await store.close();
    await database.drop();
  });

  it('gives every reading back as it was: cyclic, on change, constant, bad, doubled and out of order', async () => {
    const samples = samplesOf(8, 400, 1);
    await insert(store, samples);
    const before = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((tagId) => readDay(store, tagId)));
    await pack();
    expect(await count('reading')).toBe(0);
    expect(await total()).toBe(samples.length);
    const after = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((tagId) => readDay(store, tagId)));
    expect(after).toEqual(before);
    expect(after.flat()).toHaveLength(samples.length);
  });

  it('packs late readings of a packed half hour with the next run, and shows them at once', async () => {
    const before = await readDay(store, 1);
    const late = { tagId: 1, timeUs: DAY_US + 31_234_567, value: 7.5, receivedDeltaMs: 200_000_000, status: 0x4000, flags: 1 };
    await insert(store, [late, late]);
    const shown = await readDay(store, 1);
    expect(shown).toHaveLength(before.length + 2);
    expect(shown.filter((one) => one.timeUs === late.timeUs).map((one) => one.value)).toEqual([7.5, 7.5]);
    await pack();
    expect(await count('reading')).toBe(0);
    expect(await readDay(store, 1)).toEqual(shown);
    const rows = await login.query('SELECT n FROM reading_sealed WHERE tag_id = 1 AND start = $1', [new Date(DAY_US / 1000)]);
    expect(rows.rows).toHaveLength(1);
  });

  it.each(['asc', 'desc'] as const)('pages %s and streams through packed and unpacked readings, each once', async (order) => {
    await insert(store, [{ tagId: 3, timeUs: DAY_US + 25 * HOUR_US, value: 1, receivedDeltaMs: 0, status: 0, flags: 0 }]);
    const range = { fromUs: DAY_US - HOUR_US, toUs: DAY_US + 48 * HOUR_US };
    const read = <T>(run: Parameters<typeof store.withScope<T>>[1]): Promise<T> => store.withScope({ grants: [] }, run);
    const whole = (await read((client) => store.readings.raw(client, tagOf(3), { ...range, limit: 100_000, order }))).readings;
    expect(whole.length).toBeGreaterThan(400);
    for (const limit of [1, 7, 100, whole.length]) {
      const paged: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await read((client) =>
          store.readings.raw(client, tagOf(3), { ...range, limit, order, ...(cursor === undefined ? {} : { cursor }) }),
        );
        paged.push(...page.readings);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(paged).toEqual(whole);
    }
    const streamed: unknown[] = [];
    await read(async (client) => {
      for await (const chunk of store.readings.stream(client, tagOf(3), range)) streamed.push(...chunk);
    });
    if (order === 'asc') expect(streamed).toEqual(whole);
    else expect(streamed).toHaveLength(whole.length); // readings of one time are in the same order both ways
  });

  it('leaves days alone that are not old enough', async () => {
    const rows = await count('reading');
    await insert(store, [{ tagId: 9, timeUs: DAY_US, value: 1, receivedDeltaMs: 0, status: 0, flags: 0 }]);
    await pack({ packAfterUs: 30 * 24 * HOUR_US });
    expect(await count('reading')).toBe(rows + 1);
    await pack();
    expect(await readDay(store, 9)).toHaveLength(1);
  });

  it('loses and doubles nothing when its connection is killed at any moment, and readers see all of it all the time', async () => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    const dayUs = DAY_US - 24 * HOUR_US;
    const samples = samplesOf(40, 300, 2).map((one) => ({ ...one, timeUs: one.timeUs - 24 * HOUR_US, tagId: one.tagId + 100 }));
    await insert(store, samples);
    const expected = await readDay(store, 103, dayUs);
    let done = false;
    let reads = 0;
    let killed = 0;
    const reading = (async () => {
      while (!done && killed < 30) {
        expect(await readDay(store, 103, dayUs)).toEqual(expected);
        reads += 1;
      }
    })();
    for (let attempt = 0; !done && attempt < 30; attempt += 1) {
      const client = new pg.Client({ connectionString: database.url });
      client.on('error', () => {});
      await client.connect();
      const pid = (await client.query('SELECT pg_backend_pid() AS pid')).rows[0].pid;
      if (attempt < 15) killAtCall(client, 2 + attempt, () => admin.query('SELECT pg_terminate_backend($1)', [pid]));
      const run = pack({ client, pieceBlocks: 3 });
      done = await run.then(
        () => true,
        () => false,
      );
      if (!done) killed += 1;
      await client.end().catch(() => {});
    }
    await admin.end();
    expect(done).toBe(true);
    await reading;
    expect(killed).toBeGreaterThan(3);
    expect(reads).toBeGreaterThan(0);
    expect(await readDay(store, 103, dayUs)).toEqual(expected);
    const ours = await login.query(
      'SELECT (SELECT count(*) FROM reading WHERE tag_id > 100)::int AS rows, (SELECT sum(n) FROM reading_sealed WHERE tag_id > 100)::int AS sealed',
    );
    expect(ours.rows[0]).toEqual({ rows: 0, sealed: samples.length });
  });
});

/** Kill a connection while its nth statement is on the way: each step of a transaction in turn. */
function killAtCall(client: pg.Client, nth: number, kill: () => Promise<unknown>): void {
  const query = client.query.bind(client);
  let calls = 0;
  const counted = (...args: Parameters<typeof query>): ReturnType<typeof query> => {
    calls += 1;
    if (calls === nth) kill().catch(() => {});
    return query(...args);
  };
  client.query = counted as typeof client.query; // the overloads of `query` are one function
}
