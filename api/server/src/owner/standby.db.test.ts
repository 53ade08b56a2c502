import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { type Answer, connectCollector, testBlock, testRun } from '../ingest/collector.fixture.ts';
import { type PollingCollector, startPollingCollector } from '../ingest/polling-collector.fixture.ts';
import { caPem, eventually, startTestApi, type TestApi } from './api.fixture.ts';
import { device, model, packed, tag, TOKEN } from './plant.fixture.ts';

const PLACE = ['local/default', 'north'] as const;
/** Longer by hand: `KUBEPLANT_TEST_CUTS=2000`. */
const CUTS = Number(process.env.KUBEPLANT_TEST_CUTS ?? 60);
const health = (connected: boolean) => ({
  $case: 'health' as const,
  value: {
    configRevision: connected ? 'polls' : 'waits',
    problem: connected ? undefined : 'HeldByPeer: another one polls',
    devices: [
      {
        device: 'pump',
        revision: 'r',
        connected,
        dataFlowing: connected,
        reason: connected ? 'Connected' : 'Standby',
        message: '',
        tags: 1,
        badTags: 0,
        rejected: [],
      },
    ],
  },
});

describe('two collectors of one shard', () => {
  let database: TestDatabase;
  let api: TestApi;
  let admin: pg.Client;
  const rows = async (text: string) => (await admin.query(text)).rows;
  const connect = () => connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
  const isActive = (answers: readonly Answer[]) => answers.some((one) => one.$case === 'turn' && one.value.epoch > 0);

  beforeEach(async () => {
    database = await createTestDatabase('plain');
    admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    api = await startTestApi(database.url);
    await api.sites.applyModel(packed(model([device('pump', [tag('count')])])));
    await eventually('the site is owned', () => api.sites.recording(...PLACE));
  });
  afterEach(async () => {
    await admin.end();
    await api.stop();
    await database.drop();
  });

  it('poll one at a time, and lose and double nothing, while their streams are cut at random', async () => {
    let value = 0;
    const start = (instance: string): PollingCollector =>
      startPollingCollector({ port: () => api.ingest.port, caPem, token: TOKEN, instance, tag: 'count', nextValue: () => (value += 1) });
    const both = [start('a'), start('b')];
    const actives: number[] = [];
    const watching = setInterval(() => {
      actives.push(api.sites.collectors(...PLACE).filter((one) => one.standing === 'Active').length);
    }, 5);
    let random = 7;
    for (let cut = 0; cut < CUTS; cut += 1) {
      random = (random * 16_807) % 2_147_483_647;
      await new Promise((resolve) => setTimeout(resolve, random % 120));
      both[random % 2]?.cut();
      if (cut === CUTS >> 1) both.find((one) => one.active())?.freeze(7_000);
    }
    await eventually('both are connected', () => api.sites.collectors(...PLACE).length === 2);
    for (const one of both) one.rest();
    await eventually('all is committed', () => both.every((one) => one.held() === 0));
    clearInterval(watching);
    for (const one of both) await one.stop();
    const polled = both.flatMap((one) => [...one.polled]);
    const stored = await rows('SELECT count(*)::int AS rows, count(DISTINCT value)::int AS different FROM reading');
    expect(stored).toEqual([{ rows: polled.length, different: polled.length }]);
    expect(Math.max(...actives)).toBe(1);
    const epochs = both.flatMap((one) => one.epochs);
    expect(new Set(epochs).size).toBe(epochs.length);
    for (const one of both) {
      expect(one.epochs.length).toBeGreaterThan(0);
      expect(one.epochs).toEqual(one.epochs.toSorted((x, y) => x - y));
    }
    const handovers = await rows(`SELECT count(*)::int AS count FROM event WHERE kind = 'CollectorTookOver'`);
    expect(handovers[0].count).toBeGreaterThan(0);
  });

  it('change places when the stream of one ends; the other has waited with its stream open and delivered what it held', async () => {
    const active = connect();
    expect(await active.hello({ instance: 'a' })).toMatchObject({ value: { standing: 1, reason: '' } });
    const waits = connect();
    const welcome = await waits.hello({ instance: 'b', runs: ['run-b'] });
    expect(welcome).toMatchObject({ value: { epoch: 0, standing: 2, reason: 'HeldByPeer: collector a holds shard shard-0' } });
    waits.send(testRun('run-b', ['count']));
    waits.send({ $case: 'block', value: testBlock('run-b', 1, [{ tag: 1, timeUs: Date.now() * 1000, value: 1 }]) });
    await waits.committed('run-b', 1);
    active.send(health(true));
    await eventually('the field answers', () => api.sites.health('local/default', 'pump')?.connected);
    waits.send(health(false));
    await eventually('it says why it waits', () => api.sites.collectors(...PLACE)[1]?.problem !== undefined);
    expect(api.sites.health('local/default', 'pump')).toMatchObject({ connected: true });
    expect(api.sites.shards(...PLACE)).toEqual([{ shard: 'shard-0', connected: true, configRevision: 'polls', collectors: 2 }]);
    active.cut();
    await waits.until(isActive);
    waits.send(health(true));
    const again = connect();
    expect(await again.hello({ instance: 'a', standby: true })).toMatchObject({ value: { standing: 2 } });
    expect(api.sites.collectors(...PLACE).map(({ instance, standing }) => `${instance} ${standing}`)).toEqual(['b Active', 'a Standby']);
    again.close();
    waits.close();
  });

  it('hold together what each says that it holds, and that is known only when both have said it', async () => {
    const draining = (heldBlocks: number) => ({
      $case: 'health' as const,
      value: { configRevision: 'empty', problem: undefined, devices: [], heldBlocks },
    });
    const held = () => api.sites.shards(...PLACE)[0]?.heldBlocks;
    const active = connect();
    await active.hello({ instance: 'a' });
    active.send(draining(0));
    await eventually('one alone is known', () => held() === 0);
    const waits = connect();
    await waits.hello({ instance: 'b', standby: true });
    expect(held()).toBeUndefined();
    waits.send(draining(3));
    await eventually('both are known', () => held() === 3);
    active.close();
    waits.close();
  });

  it('change places when one is silent for 5 s, whose devices count as silent when the other says nothing of them', async () => {
    const silent = connect();
    await silent.hello({ instance: 'a' });
    silent.send(health(true));
    await eventually('the field answers', () => api.sites.health('local/default', 'pump')?.connected);
    const waits = connect();
    await waits.hello({ instance: 'b', standby: true });
    const beating = setInterval(() => waits.send({ $case: 'beat', value: { sentUs: 0 } }), 500);
    await waits.until(isActive);
    await silent.until((answers) => answers.some((one) => one.$case === 'turn' && one.value.standing === 2));
    expect(api.sites.health('local/default', 'pump')?.connected).toBe(true);
    await eventually('its devices are silent', () => api.sites.health('local/default', 'pump')?.connected === false);
    clearInterval(beating);
    silent.close();
    waits.close();
  });

  it('keep their places over a restart of the owner, though the standby comes first', async () => {
    const [before, beside] = [connect(), connect()];
    const welcome = await before.hello({ instance: 'a' });
    const epoch = welcome.$case === 'welcome' ? welcome.value.epoch : 0;
    await beside.hello({ instance: 'b', standby: true });
    await api.stop();
    api = await startTestApi(database.url);
    await eventually('the site is owned', () => api.sites.recording(...PLACE));
    const waits = connect();
    expect(await waits.hello({ instance: 'b', standby: true })).toMatchObject({
      value: { standing: 2, reason: expect.stringMatching(/^Starting: /) },
    });
    const polls = connect();
    const again = await polls.hello({ instance: 'a', epoch });
    expect(again.$case === 'welcome' && again.value.epoch > epoch).toBe(true);
    await polls.until((answers) => answers.filter((one) => one.$case === 'renewed').length > 2);
    expect(waits.answers.some((one) => one.$case === 'turn')).toBe(false);
    polls.close();
    waits.close();
  });
});
