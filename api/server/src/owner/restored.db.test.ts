import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { query } from '../../../../e2e/src/databases/prepare-template.ts';
import { createTestDatabase, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { connectCollector, holds, testBlock, testRun } from '../ingest/collector.fixture.ts';
import { deliver } from '../ingest/deliver.fixture.ts';
import { caPem, eventually, startTestApi, type TestApi } from './api.fixture.ts';
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.fixture.ts';
import { device, highRule, model, packed, tag, TOKEN } from './plant.fixture.ts';

const PLACE = ['local/default', 'north'] as const;
const plant = packed(model([device('pump', [tag('flow')])], { rules: [highRule('pump', 'flow')] }));
const dictionary = testRun('run-1', ['flow']);
const START_US = (Math.floor(Date.now() / 1000) - 600) * 1_000_000;
/** A block a second, over the limit every other time. */
const blockOf = (seq: number): Buffer =>
  testBlock('run-1', seq, [{ tag: 1, timeUs: START_US + seq * 1_000_000, value: seq % 2 === 0 ? seq : 1_000 + seq }]);
const blocks = (first: number, last: number): Map<number, Buffer> =>
  new Map(Array.from({ length: last - first + 1 }, (_one, index) => [first + index, blockOf(first + index)]));

describe('a database that is restored to an earlier point', () => {
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let api: TestApi;
  let server: pg.Client;
  const rows = async (text: string) => (await query(database.adminUrl, text)).rows;
  const send = (some: ReadonlyMap<number, Buffer>) =>
    deliver({ port: () => api.ingest.port, caPem, token: TOKEN, run: 'run-1', dictionary, blocks: some });
  /** While nobody is connected. */
  const withoutConnections = async (run: () => Promise<void>): Promise<void> => {
    proxy.refuse();
    await server.query('SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1', [database.name]);
    await run();
    proxy.open();
  };
  const backUp = () =>
    withoutConnections(async () => {
      await server.query(`CREATE DATABASE ${database.name}_backup TEMPLATE ${database.name}`);
    });
  const restore = () =>
    withoutConnections(async () => {
      await server.query(`DROP DATABASE ${database.name} WITH (FORCE)`);
      await server.query(`ALTER DATABASE ${database.name}_backup RENAME TO ${database.name}`);
    });
  const restoredEvents = () => rows(`SELECT message, details FROM event WHERE kind = 'HistoryRestored'`);

  beforeEach(async () => {
    database = await createTestDatabase('plain');
    const serverUrl = new URL(database.adminUrl);
    serverUrl.pathname = '/postgres';
    server = new pg.Client({ connectionString: serverUrl.href });
    await server.connect();
    proxy = await startDatabaseProxy(database.url);
    api = await startTestApi(proxy.url(database.url));
    await api.sites.applyModel(plant);
    await eventually('the site is owned', () => api.sites.recording(...PLACE));
    await send(blocks(1, 10));
  });
  afterEach(async () => {
    await api.stop();
    await proxy.close();
    await server.end();
    await database.drop();
  });

  it('is noticed at the next commit: collectors are told, send again what they hold, and the rest is journalled as a gap', async () => {
    await backUp();
    await eventually('it is recorded again', () => api.sites.recording(...PLACE));
    await send(blocks(11, 20));
    await restore();
    const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    const before = await collector.hello({ runs: ['run-1'] });
    expect(before.$case === 'welcome' && holds(before.value.progress, 'run-1', 20)).toBe(true);
    collector.send(dictionary);
    collector.send({ $case: 'block', value: blockOf(21) });
    expect(await collector.ended).toMatchObject({ code: 14, details: expect.stringContaining('asked for again') });
    await eventually('it is recorded again', () => api.sites.recording(...PLACE));
    const again = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    const after = await again.hello({ runs: ['run-1'] });
    expect(after).toMatchObject({ value: { progress: [{ run: 'run-1', committed: [{ first: 1, last: 10 }] }] } });
    again.close();
    await send(blocks(16, 21)); // 11 to 15 it has thrown away
    expect(await rows('SELECT value::int % 1000 AS seq FROM reading ORDER BY time')).toEqual(
      [...blocks(1, 10).keys(), ...blocks(16, 21).keys()].map((seq) => ({ seq })),
    );
    const [event, ...others] = await restoredEvents();
    expect(others).toEqual([]);
    expect(event.message).toMatch(/^the database was restored to an earlier point: readings after 20.* until 20.*/);
    expect(event.details).toMatchObject({ blocks: 10, fromUs: START_US + 10_000_000 });
    const ids = await rows('SELECT count(*)::int AS rows, count(DISTINCT id)::int AS different FROM alarm_transition');
    expect(ids[0].rows).toBe(ids[0].different);
  });

  it.each([1, 3])(
    'is noticed, when the api was restarted too (%d times before), by the epochs of collectors, which go on to rise',
    async (restarts) => {
      await backUp();
      const epochs: number[] = [];
      for (let restart = 0; restart < restarts; restart += 1) {
        await api.stop();
        api = await startTestApi(proxy.url(database.url));
        await eventually('the site is owned', () => api.sites.recording(...PLACE));
        const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
        const welcome = await collector.hello({ epoch: epochs.at(-1) ?? 0 });
        epochs.push(welcome.$case === 'welcome' ? welcome.value.epoch : 0);
        collector.close();
      }
      await api.stop();
      await restore();
      api = await startTestApi(proxy.url(database.url));
      for (let restart = 0; restart < 3; restart += 1) {
        const welcome = await eventually('it is welcomed', async () => {
          const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
          const answer = await collector.hello({ epoch: epochs.at(-1) ?? 0 });
          collector.close();
          return answer.$case === 'welcome' ? answer.value : undefined;
        });
        epochs.push(welcome.epoch);
        await api.stop();
        api = await startTestApi(proxy.url(database.url));
      }
      expect(epochs).toEqual(epochs.toSorted((a, b) => a - b));
      expect(new Set(epochs).size).toBe(restarts + 3);
      expect(await restoredEvents()).toHaveLength(1);
    },
  );

  it('is noticed by what a collector was told, when the api was away and had not been started since the copy: once', async () => {
    await backUp();
    await eventually('it is recorded again', () => api.sites.recording(...PLACE));
    await send(blocks(11, 20));
    await api.stop();
    await restore();
    api = await startTestApi(proxy.url(database.url));
    const committed = [{ run: 'run-1', committed: [{ first: 1, last: 20 }] }];
    for (const instance of ['collector-0', 'collector-1']) {
      await eventually('it is welcomed', async () => {
        const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
        const answer = await collector.hello({ instance, runs: ['run-1'], committed });
        collector.close();
        return answer.$case === 'welcome';
      });
    }
    await send(blocks(16, 21)); // 11 to 15 it has thrown away
    const [event, ...others] = await restoredEvents();
    expect(others).toEqual([]);
    expect(event.details).toMatchObject({ blocks: 10, fromUs: START_US + 10_000_000 });
    expect(await rows('SELECT count(*)::int AS rows FROM reading')).toEqual([{ rows: 16 }]);
  });

  it('is noticed within seconds, though the run that it lacks commits nothing more', async () => {
    await backUp();
    await eventually('it is recorded again', () => api.sites.recording(...PLACE));
    await send(blocks(11, 20));
    await restore();
    await eventually('it is recorded again', () => api.sites.recording(...PLACE));
    const other = new Map([[1, testBlock('run-2', 1, [{ tag: 1, timeUs: Date.now() * 1000, value: 1 }])]]);
    await deliver({
      port: () => api.ingest.port,
      caPem,
      token: TOKEN,
      run: 'run-2',
      dictionary: testRun('run-2', ['flow']),
      blocks: other,
    });
    await eventually('it is journalled', async () => (await restoredEvents()).length > 0);
    await send(blocks(11, 20));
    expect(await rows('SELECT count(*)::int AS rows, count(DISTINCT time)::int AS different FROM reading')).toEqual([
      { rows: 21, different: 21 },
    ]);
  });

  it('is not taken for restored when a collector comes that was with a newer owner', async () => {
    const [owner] = await rows(
      `UPDATE site_owner SET replica = 'api-1', epoch = epoch + 1, expires = now() + interval '1 h' RETURNING epoch::int4`,
    );
    const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    await collector.hello({ epoch: owner.epoch * 2 ** 24 + 1 }).catch(() => {});
    await eventually('it knows of the newer owner', () => api.sites.notRecorded(...PLACE)?.reason === 'replica api-1 owns the site');
    collector.close();
    await rows(`UPDATE site_owner SET expires = now() - interval '1 s'`);
    await eventually('it has the site again', () => api.sites.recording(...PLACE));
    await send(blocks(11, 12));
    expect(await restoredEvents()).toEqual([]);
  });
});
