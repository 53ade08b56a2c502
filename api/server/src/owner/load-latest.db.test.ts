import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import type { TagId } from '../ports.ts';
import { createStore, type Store } from '../store/create-store.ts';
import { toTimestamp } from '../store/micros.ts';
import { packHistory } from '../store/packing/pack-history.ts';
import { loadLatest } from './load-latest.ts';
import { createSeries, type Series } from './series.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const everything = { grants: [{ tenant: '*', site: '*' }] };
const HOUR_US = 3_600_000_000;
const NOW_US = Date.now() * 1000;

let database: TestDatabase;
let store: Store;
let login: pg.Client;

beforeAll(async () => {
  database = await createTestDatabase('plain');
  store = await createStore({ databaseUrl: database.url, log: silent });
  login = new pg.Client({ connectionString: database.url });
  await login.connect();
});
afterAll(async () => {
  await login.end();
  await store.close();
  await database.drop();
});

const series = (tagId: number, more: Partial<Series> = {}): Series => ({
  ...createSeries({ tagId: tagId as TagId, device: 'pump', tag: `t${tagId}`, origin: 'Real', path: '' }),
  ...more,
});
const storeReading = async (tagId: number, timeUs: number, value: number): Promise<void> => {
  await store.partitions.ensure(timeUs, timeUs);
  await login.query('INSERT INTO reading VALUES ($1, $2, $3, 0, 0, 0)', [toTimestamp(timeUs), value, tagId]);
};
const checkpoint = (tagId: number, timeUs: number, value: number) =>
  login.query('INSERT INTO tag_latest VALUES ($1, $2, $3, NULL, 0, 0, $2)', [tagId, toTimestamp(timeUs), value]);
const latest = async (all: readonly Series[]): Promise<number[]> => {
  await store.withScope(everything, (client) => loadLatest(client, all, NOW_US));
  return all.map(({ value }) => value);
};

it('takes what was stored after the checkpoint, and no checkpoint that history does not have', async () => {
  await storeReading(1, NOW_US - HOUR_US, 1);
  await checkpoint(1, NOW_US - HOUR_US, 1);
  await storeReading(2, NOW_US - HOUR_US, 1);
  await checkpoint(2, NOW_US - HOUR_US, 1);
  await storeReading(2, NOW_US - HOUR_US / 2, 2);
  await storeReading(3, NOW_US - HOUR_US, 3);
  await checkpoint(3, NOW_US - HOUR_US / 2, 99); // the database was restored to a point between
  await checkpoint(4, NOW_US - HOUR_US, 99);
  await checkpoint(5, NOW_US - 200 * 24 * HOUR_US, 5); // packed, or dropped, long ago
  await checkpoint(6, NOW_US - HOUR_US, 6);
  const filtered = series(6, { stores: () => false });
  expect(await latest([series(1), series(2), series(3), series(4), series(5), filtered])).toEqual([1, 2, 3, Number.NaN, 5, 6]);
});

it('takes a checkpoint whose reading is packed', async () => {
  const timeUs = NOW_US - 60 * HOUR_US;
  await storeReading(7, timeUs, 7);
  await checkpoint(7, timeUs, 7);
  const { layout, partitions } = store;
  const when = { nowUs: () => NOW_US, packAfterUs: 25 * HOUR_US, onProgress: () => {}, signal: new AbortController().signal };
  await packHistory({ client: login, layout, partitions, ...when });
  expect((await login.query('SELECT count(*)::int AS n FROM reading WHERE tag_id = 7')).rows).toEqual([{ n: 0 }]);
  expect(await latest([series(7)])).toEqual([7]);
});
