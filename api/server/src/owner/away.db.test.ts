import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPlainServer } from '../../../../e2e/src/databases/plain-server.ts';
import { LOGIN, loginUrl, prepareTemplate, TEMPLATE } from '../../../../e2e/src/databases/prepare-template.ts';
import { createTestDatabase, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { connectCollector, testBlock, testRun } from '../ingest/collector.fixture.ts';
import { deliver } from '../ingest/deliver.fixture.ts';
import { startPollingCollector } from '../ingest/polling-collector.fixture.ts';
import { caPem, eventually, startTestApi, type TestApi } from './api.fixture.ts';
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.fixture.ts';
import { device, highRule, model, packed, tag, TOKEN } from './plant.fixture.ts';

const PLACE = ['local/default', 'north'] as const;
const sums = device('sums', [tag('double', { expression: "2 * tag('pump', 'flow')" })], { protocol: 'Calculated' });
const plant = packed(
  model([device('pump', [tag('flow'), tag('name', { kind: 'Text', dataType: 'String' })]), sums], {
    rules: [highRule('pump', 'flow'), highRule('sums', 'double', '20ms')],
  }),
);
const nowUs = (): number => Date.now() * 1000;
const latest = (api: TestApi) => api.hub.latest('local/default', 'default/pump/flow');

/** Values over and under the limit of 100, none twice. */
function createWave(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return count % 7 < 3 ? 1_000 + count : count / 1e6;
  };
}

/** Everything that is told of alarms. */
function hear(api: TestApi): Map<string, string> {
  const heard = new Map<string, string>();
  api.hub.onAlarms(({ transitions }) => {
    for (const { id, kind } of transitions) heard.set(id, kind);
  });
  return heard;
}

const startPoller = (api: TestApi) =>
  startPollingCollector({ port: () => api.ingest.port, caPem, token: TOKEN, instance: 'a', tag: 'flow', nextValue: createWave() });

async function query(url: string, text: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const found = await client.query(text);
  await client.end();
  return found.rows;
}

/** What was told is recorded, nothing else is, and each reading is there once. */
async function expectSame(url: string, heard: ReadonlyMap<string, string>, polled: ReadonlySet<number>): Promise<void> {
  const journal = await query(url, 'SELECT id, kind FROM alarm_transition');
  expect(new Map(journal.map((row) => [row.id, row.kind]))).toEqual(heard);
  const stored = await query(url, "SELECT r.value FROM reading r JOIN tag t USING (tag_id) WHERE t.name = 'flow'");
  expect(stored.length).toBe(polled.size);
  expect(new Set(stored.map((row) => row.value))).toEqual(polled);
}

describe('while PostgreSQL is killed and comes back', () => {
  it('values and alarms go on from memory, and what was told is what is recorded', { timeout: 120_000 }, async () => {
    const server = await startPlainServer({ durable: true });
    const url = loginUrl(server.adminUrl, await prepareTemplate(server.adminUrl, 'plain'), 'away');
    await query(server.adminUrl, `CREATE DATABASE away OWNER ${LOGIN} TEMPLATE ${TEMPLATE}`);
    const adminUrl = new URL(server.adminUrl);
    adminUrl.pathname = '/away';
    const api = await startTestApi(url);
    const heard = hear(api);
    const told: boolean[] = [];
    api.sites.onRecording(({ notRecorded }) => told.push(notRecorded === undefined));
    await api.sites.applyModel(plant);
    const poller = startPoller(api);
    for (let outage = 0; outage < 5; outage += 1) {
      const before = heard.size;
      await eventually('alarms are told', () => heard.size > before + outage * 3);
      await server.stop('SIGQUIT');
      await eventually('it is noticed', () => api.sites.notRecorded(...PLACE));
      const { timeUs = 0 } = latest(api) ?? {};
      const [polled, alarms] = [poller.polled.size, heard.size];
      await eventually('values go on', () => (latest(api)?.timeUs ?? 0) > timeUs + 300_000);
      await eventually('alarms go on', () => heard.size > alarms + 5 && poller.polled.size > polled);
      expect(api.sites.recording(...PLACE)).toBe(false);
      const action = { kind: 'Acknowledge', alarm: 'a', occurrence: 'o', version: 1, user: 'anna', timeUs: 1, request: 'r' } as const;
      await expect(api.sites.act(...PLACE, action)).rejects.toThrow(/^the database is away since 20.*: nothing was done/);
      await server.start();
      await eventually('it is recorded again', () => api.sites.recording(...PLACE));
    }
    poller.rest();
    await eventually('all is committed', () => poller.held() === 0);
    await poller.stop();
    await expectSame(adminUrl.href, heard, poller.polled);
    expect(told.filter((recorded) => !recorded).length).toBeGreaterThanOrEqual(5);
    expect(told.at(-1)).toBe(true);
    expect(poller.epochs).toHaveLength(1); // the collector has not even noticed
    await api.stop();
    await server.remove();
  });
});

describe('behind a network that fails', () => {
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let api: TestApi;
  beforeEach(async () => {
    database = await createTestDatabase('plain');
    proxy = await startDatabaseProxy(database.url);
    api = await startTestApi(proxy.url(database.url));
    await api.sites.applyModel(plant);
    await eventually('the site is owned', () => api.sites.recording(...PLACE));
  });
  afterEach(async () => {
    await api.stop();
    await proxy.close();
    await database.drop();
  });

  it.each(['refuse', 'swallow', 'loseAnswers'] as const)(
    'what was told is what is recorded, each reading once: %s',
    { timeout: 120_000 },
    async (fault) => {
      const heard = hear(api);
      const poller = startPoller(api);
      for (let outage = 0; outage < (fault === 'refuse' ? 5 : 1); outage += 1) {
        const before = heard.size;
        await eventually('alarms are told', () => heard.size > before + outage);
        proxy[fault]();
        await eventually('it is noticed', () => api.sites.notRecorded(...PLACE));
        const { timeUs = 0 } = latest(api) ?? {};
        await eventually('values go on', () => (latest(api)?.timeUs ?? 0) > timeUs + 300_000);
        proxy.open();
        await eventually('it is recorded again', () => api.sites.recording(...PLACE), 40_000);
      }
      poller.rest();
      await eventually('all is committed', () => poller.held() === 0);
      await poller.stop();
      await expectSame(database.adminUrl, heard, poller.polled);
    },
  );

  it('stops at once while the site is being loaded and nothing answers', { timeout: 30_000 }, async () => {
    await query(database.adminUrl, `UPDATE site_owner SET epoch = epoch + 1, expires = now() - interval '1 s'`);
    const fenced = eventually('another owner has come', () => api.sites.notRecorded(...PLACE)?.reason.includes('another owner'));
    const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    await collector.hello();
    collector.send(testRun('run-fence', ['flow']));
    collector.send({ $case: 'block', value: testBlock('run-fence', 1, [{ tag: 1, timeUs: nowUs(), value: 1 }]) });
    await fenced;
    proxy.swallow();
    await eventually('it asks the database', () => api.store.pool.totalCount > api.store.pool.idleCount);
    const beganMs = Date.now();
    await api.sites.stop();
    expect(Date.now() - beganMs).toBeLessThan(5_000);
    proxy.open();
  });

  it('shows what it cannot keep, and asks the collector for it again', { timeout: 120_000 }, async () => {
    const text = 'x'.repeat(4_000);
    const blocks = new Map<number, Buffer>();
    for (let seq = 1; seq <= 60; seq += 1) {
      const texts = Array.from({ length: 100 }, (_one, row) => ({
        tag: 2,
        timeUs: nowUs() - 60_000_000 + seq * 1_000 + row,
        value: `${seq}-${row}-${text}`,
        status: 0,
        flags: 0,
        receivedDeltaUs: 0,
      }));
      blocks.set(seq, testBlock('run-large', seq, [{ tag: 1, timeUs: nowUs() - 60_000_000 + seq * 1_000, value: seq }], { texts }));
    }
    const dictionary = testRun('run-large', ['flow', 'name'], { text: ['name'] });
    const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    await collector.hello({ runs: ['run-large'] });
    proxy.refuse();
    collector.send(dictionary);
    for (const block of blocks.values()) collector.send({ $case: 'block', value: block });
    await collector.until((answers) => answers.some((one) => one.$case === 'received' && one.value.blocks === 60));
    await eventually('the last value is shown', () => latest(api)?.value === 60);
    expect(collector.answers.some((one) => one.$case === 'committed')).toBe(false);
    proxy.open();
    expect(await collector.ended).toMatchObject({ code: 14, details: expect.stringContaining('asked for again') });
    const kept = await query(database.adminUrl, 'SELECT count(*)::int AS rows FROM reading_text');
    expect(kept[0].rows).toBeGreaterThan(0);
    expect(kept[0].rows).toBeLessThan(6_000);
    await deliver({ port: () => api.ingest.port, caPem, token: TOKEN, run: 'run-large', dictionary, blocks });
    expect(
      await query(database.adminUrl, 'SELECT count(*)::int AS rows, count(DISTINCT value)::int AS different FROM reading_text'),
    ).toEqual([{ rows: 6_000, different: 6_000 }]);
  });
});
