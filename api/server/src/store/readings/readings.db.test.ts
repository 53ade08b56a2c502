import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../../e2e/src/databases/test-database.ts';
import type { Scope, ScopedClient, StoredTag, TagId } from '../../ports.ts';
import { CopyRows } from '../copy-encoder.ts';
import { copyInto } from '../copy-into.ts';
import { createStore, type Store } from '../create-store.ts';
import { narrowSpan } from './narrow-span.ts';
import { fixedGrid } from '../rollups/grid.ts';
import { TooManyReadings } from '../rollups/sum-query.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };
const SECOND = 1_000_000;
/** A whole minute two hours ago. */
const START_US = (Math.floor(Date.now() / 60_000) - 120) * 60 * SECOND;

describe.each(engines())('readings on %s', (engine) => {
  let database: TestDatabase;
  let store: Store;
  let tags: Record<string, StoredTag>;
  const read = async <T>(run: Parameters<typeof store.withScope<T>>[1], scope = everything): Promise<T> => store.withScope(scope, run);
  const all = { fromUs: START_US, toUs: START_US + 3600 * SECOND };
  const find = (tenant: string, name: string, scope = everything) =>
    read((client) => store.readings.tag(client, { tenant, device: 'pump', name }), scope);

  beforeAll(async () => {
    database = await createTestDatabase(engine);
    store = await createStore({ databaseUrl: database.url, log: silent });
    await store.partitions.ensure(START_US, START_US + 86_400 * SECOND);
    await read(async (client) => {
      for (const [tenant, site] of [
        ['a/x', 'north'],
        ['a/y', 'north'],
        ['b/x', 'south'],
      ]) {
        await client.query(`INSERT INTO device (tenant, site, name, uid, revision) VALUES ($1, $2, 'pump', 'u', 'r')`, [tenant, site]);
        const insert = `INSERT INTO tag (tenant, site, device, name, origin, text, in_force) VALUES ($1, $2, 'pump', $3, $4, $5, $6)`;
        await client.query(insert, [tenant, site, 'flow', 'Real', false, true]);
        await client.query(insert, [tenant, site, 'flow', 'Simulated', false, false]);
        await client.query(insert, [tenant, site, 'note', 'Real', true, true]);
      }
    });
    tags = { flow: (await find('a/x', 'flow'))!, note: (await find('a/x', 'note'))!, other: (await find('b/x', 'flow'))! };
    const { flow, note, other } = tags as { flow: StoredTag; note: StoredTag; other: StoredTag };
    const rows = new CopyRows(700);
    for (let index = 0; index < 600; index += 1) {
      const bad = index % 60 === 59;
      rows.number(flow.tagId, START_US + index * SECOND, bad ? Number.NaN : index, 1500, bad ? 0x8005 : 0, 0);
    }
    for (let copy = 0; copy < 25; copy += 1) rows.number(flow.tagId, START_US + 300 * SECOND, 1000 + copy, 0, 0x4090, 0);
    rows.number(other.tagId, START_US, 7, 0, 0, 0);
    const texts = new CopyRows(2);
    texts.text(note.tagId, START_US, 'grüße 🙂', 0, 0, 0);
    texts.text(note.tagId, START_US + SECOND, undefined, 0, 0x8000, 0);
    await store.withOwnerScope(everything, async (client) => {
      await copyInto(client, 'reading', [rows.bytes()]);
      await copyInto(client, 'reading_text', [texts.bytes()]);
      await client.query(`INSERT INTO observed SELECT device_id, false, $1, $2 FROM device WHERE tenant = 'a/x'`, [
        new Date(START_US / 1000),
        new Date(START_US / 1000 + 600_000),
      ]);
    });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it.each(['asc', 'desc'] as const)('pages %s through every reading once, many of one time too', async (order) => {
    const { flow } = tags as { flow: StoredTag };
    const whole = await read((client) => store.readings.raw(client, flow, { ...all, limit: 5000, order }));
    expect(whole.readings).toHaveLength(625);
    expect(whole).not.toHaveProperty('nextCursor');
    for (const limit of [1, 7, 25, 624, 625]) {
      if (limit === 1 && order === 'desc') continue;
      const paged: unknown[] = [];
      let cursor: string | undefined;
      do {
        const page = await read((client) =>
          store.readings.raw(client, flow, { ...all, limit, order, ...(cursor === undefined ? {} : { cursor }) }),
        );
        paged.push(...page.readings);
        cursor = page.nextCursor;
      } while (cursor !== undefined);
      expect(paged).toEqual(whole.readings);
    }
  });

  it.each(['asc', 'desc'] as const)('looks at a page, not at all that is left, going %s through a short span', async (order) => {
    const { flow } = tags as { flow: StoredTag };
    const page = { ...all, limit: 25, order };
    const { nextCursor: cursor = '' } = await read((client) => store.readings.raw(client, flow, page));
    const looked = await read(async (client) => {
      const asked: { text: string; values: unknown[] }[] = [];
      const query = (one: (typeof asked)[number]) => {
        asked.push(one);
        return client.query(one);
      };
      await store.readings.raw({ ...client, query: query as ScopedClient['query'] }, flow, { ...page, cursor });
      const { text = '', values = [] } = asked.at(-1) ?? {};
      return client.query({ text, values: [100_000, 0, ...values.slice(2)] }); // without its LIMIT and OFFSET
    });
    expect(looked.rowCount).toBeGreaterThanOrEqual(25);
    expect(looked.rowCount).toBeLessThan(60);
  });

  it('finds the end of a chunk in the order of the index, though the server knows nothing of the newest readings', async () => {
    const { other } = tags as { other: StoredTag };
    const dense = { fromUs: START_US + 3600 * SECOND, toUs: START_US + 7200 * SECOND };
    const seen = await store.withOwnerScope(everything, async (client) => {
      await client.query({
        text: `INSERT INTO reading (tag_id, time, value, status, flags, received_delta_ms)
          SELECT $1, $2::timestamptz + n * interval '0.02 s', n, 0, 0, 0 FROM generate_series(0, 149999) AS n`,
        values: [other.tagId, new Date(dense.fromUs / 1000)],
      });
      const asked: { text: string; values: unknown[] }[] = [];
      const query = (one: (typeof asked)[number]) => {
        asked.push(one);
        return client.query(one);
      };
      await narrowSpan({ ...client, query: query as ScopedClient['query'] }, other, { ...dense, rows: 500, order: 'asc' });
      const { text = '', values = [] } = asked.at(-1) ?? {};
      const plan = await client.query<{ 'QUERY PLAN': unknown }>({ text: `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${text}`, values });
      await client.query(`DELETE FROM reading WHERE tag_id = ${other.tagId} AND time >= $1`, [new Date(dense.fromUs / 1000)]);
      return Math.max(...[...JSON.stringify(plan.rows).matchAll(/"Actual Rows":([0-9]+)/g)].map(([, count]) => Number(count)));
    });
    expect(seen).toBe(500);
  });

  it('gives value, status, flags and both times back', async () => {
    const { flow, note } = tags as { flow: StoredTag; note: StoredTag };
    const bad = await read((client) =>
      store.readings.raw(client, flow, { fromUs: START_US + 59 * SECOND, toUs: START_US + 60 * SECOND, limit: 5, order: 'asc' }),
    );
    expect(bad.readings).toEqual([
      { timeUs: START_US + 59 * SECOND, value: null, status: 0x8005, flags: 0, receivedUs: START_US + 60_500_000 },
    ]);
    const texts = await read((client) => store.readings.raw(client, note, { ...all, limit: 5, order: 'asc' }));
    expect(texts.readings.map((one) => one.value)).toEqual(['grüße 🙂', null]);
  });

  it('refuses a cursor it has not made', async () => {
    const { flow } = tags as { flow: StoredTag };
    await expect(read((client) => store.readings.raw(client, flow, { ...all, limit: 5, order: 'asc', cursor: 'x' }))).rejects.toThrow(
      /is not a cursor/,
    );
  });

  it('sums good values up, each for as long as it held, in buckets aligned to 1970', async () => {
    const { flow, note } = tags as { flow: StoredTag; note: StoredTag };
    const query = { range: all, grid: fixedGrid(60 * SECOND), level: 'raw', limit: 100 } as const;
    const { buckets, source } = await read((client) => store.readings.sums(client, flow, query));
    expect(source).toBe('raw');
    expect(buckets).toHaveLength(10);
    expect(buckets[0]).toMatchObject({ fromUs: START_US, min: 0, max: 58, first: 0, last: 58, n: 59, bad: 1, goodMs: 59_000 });
    expect(buckets[0]?.integral).toBe(1_711_000);
    expect(buckets[5]).toMatchObject({ fromUs: START_US + 300 * SECOND, min: 300, max: 358, n: 59, bad: 26 });
    const texts = await read((client) => store.readings.sums(client, note, query));
    expect(texts.buckets[0]).toMatchObject({ fromUs: START_US, n: 1, bad: 1 });
  });

  it('makes no buckets from more readings than the budget has left', async () => {
    const { flow } = tags as { flow: StoredTag };
    const budget = { left: 1000 };
    const query = { range: all, grid: fixedGrid(60 * SECOND), level: 'raw', limit: 100, budget } as const;
    expect((await read((client) => store.readings.sums(client, flow, query))).buckets).toHaveLength(10);
    expect(budget.left).toBe(1000 - 625);
    await expect(read((client) => store.readings.sums(client, flow, query))).rejects.toThrow(TooManyReadings);
  });

  it('streams a range in order, and can be left in the middle', async () => {
    const { flow } = tags as { flow: StoredTag };
    const times = await read(async (client) => {
      for await (const chunk of store.readings.stream(client, flow, all)) if (chunk.length > 0) break;
      const found: number[] = [];
      for await (const chunk of store.readings.stream(client, flow, all)) found.push(...chunk.map((one) => one.timeUs));
      return found;
    });
    expect(times).toHaveLength(625);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it('clips observed spans to the range', async () => {
    const { flow } = tags as { flow: StoredTag };
    const spans = await read((client) =>
      store.readings.observed(client, flow, { fromUs: START_US + 10 * SECOND, toUs: START_US + 20 * SECOND }),
    );
    expect(spans).toEqual([{ fromUs: START_US + 10 * SECOND, untilUs: START_US + 20 * SECOND }]);
  });

  it('finds the series in force first, and the other when asked', async () => {
    expect(tags.flow?.origin).toBe('Real');
    expect(
      await read((client) => store.readings.tag(client, { tenant: 'a/x', device: 'pump', name: 'flow', origin: 'Simulated' })),
    ).toMatchObject({ origin: 'Simulated' });
  });

  describe('scopes', () => {
    const grant = (tenant: string, site: string): Scope => ({ grants: [{ tenant, site }] });

    it.each([
      ['no grant', { grants: [] }, 0],
      ['another tenant', grant('b/y', '*'), 0],
      ['another site of the tenant', grant('a/x', 'south'), 0],
      ['the tenant', grant('a/x', '*'), 1],
      ['the site', grant('a/x', 'north'), 1],
      ['that site of every tenant', grant('*', 'north'), 2],
      [
        'two grants',
        {
          grants: [
            { tenant: 'a/y', site: '*' },
            { tenant: 'b/x', site: 'south' },
          ],
        },
        2,
      ],
      ['everything', everything, 3],
    ])('with %s see what they grant', async (_name, scope, devices) => {
      const counts = await read(
        async (client) =>
          (await client.query('SELECT (SELECT count(*)::int FROM device) AS devices, (SELECT count(*)::int FROM tag) AS tags')).rows[0],
        scope,
      );
      expect(counts).toEqual({ devices, tags: devices * 3 });
    });

    it('hide the tag, its latest value and its observed spans of another tenant, by name and by id', async () => {
      const stranger = grant('b/x', '*');
      const { flow } = tags as { flow: StoredTag };
      await store.pool.query(`INSERT INTO tag_latest VALUES ($1, now(), 1, NULL, 0, 0, now())`, [flow.tagId]);
      expect(await find('a/x', 'flow', stranger)).toBeUndefined();
      expect((await read((client) => store.readings.latest(client, [flow.tagId]), stranger)).size).toBe(0);
      expect((await read((client) => store.readings.latest(client, [flow.tagId]))).get(flow.tagId as TagId)).toMatchObject({ value: 1 });
      expect(await read((client) => store.readings.observed(client, flow, all), stranger)).toEqual([]);
    });

    it('cannot be written around', async () => {
      const insert = `INSERT INTO device (tenant, site, name, uid, revision) VALUES ('b/x', 'south', 'sneaky', 'u', 'r')`;
      await expect(read((client) => client.query(insert), grant('a/x', '*'))).rejects.toThrow(/row-level security/);
      const moved = await read((client) => client.query(`UPDATE device SET site = 'mine' WHERE tenant = 'b/x'`), grant('a/x', '*'));
      expect(moved.rowCount).toBe(0);
    });

    it('end with the transaction, also when it fails, and bind the login that owns the tables', async () => {
      await expect(read(() => Promise.reject(new Error('boom')))).rejects.toThrow('boom');
      expect((await store.pool.query('SELECT * FROM device')).rows).toEqual([]);
      const owner = new pg.Client({ connectionString: database.url });
      await owner.connect();
      expect((await owner.query('SELECT * FROM device')).rows).toEqual([]);
      await owner.end();
    });

    it('refuse a tenant that would smuggle a second grant', async () => {
      await expect(read(async () => {}, grant('a/x north\n*', '*'))).rejects.toThrow(/no blanks/);
      expect(await read(async (client) => (await client.query('SELECT 1 FROM device')).rowCount, grant("a'/x", '*'))).toBe(0);
    });
  });
});
