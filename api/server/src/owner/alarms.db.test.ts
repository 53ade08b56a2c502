import type { AlarmState, AlarmTransition } from '@kubeplant/engine';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { connectCollector, testBlock, type TestReading, testRun } from '../ingest/collector.fixture.ts';
import { deliver } from '../ingest/deliver.fixture.ts';
import { caPem, eventually, startTestApi, type TestApi } from './api.fixture.ts';
import { device, highRule, model, packed, tag, TOKEN } from './plant.fixture.ts';

const START_US = (Math.floor(Date.now() / 1000) - 3600) * 1_000_000;
const sum = device('sums', [tag('double', { expression: "2 * tag('pump', 'flow')" })], { protocol: 'Calculated' });
const plant = model([device('pump', [tag('flow')]), sum], { rules: [highRule('pump', 'flow', '2s'), highRule('sums', 'double')] });
const dictionary = testRun('run-alarms', ['flow']);

/** Every second a reading: normal, over the limit, a moment of normal within the delay, over again, normal. */
function wave(): Map<number, Buffer> {
  const values = [50, 120, 120, 120, 120, 50, 50, 120, 50, 120, 120, 120, 130, 50, 50, 40, 120, 121];
  const at = (index: number): TestReading => ({ tag: 1, timeUs: START_US + index * 1_000_000, value: values[index] ?? 0 });
  return new Map(values.map((_value, index) => [index + 1, testBlock('run-alarms', index + 1, [at(index)])]));
}

describe.each(engines())('alarms on %s', (engine) => {
  let database: TestDatabase;
  let api: TestApi;
  const journal = async (url: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    const transitions = await client.query(
      'SELECT id, alarm, occurrence, kind, state, time, value, message, cause FROM alarm_transition ORDER BY time, id',
    );
    const states = await client.query(
      'SELECT id, active, acknowledged, occurrence, version, active_time, cleared_time, pending, pending_since, value FROM alarm_state ORDER BY id',
    );
    const readings = await client.query('SELECT t.name, r.time, r.value FROM reading r JOIN tag t USING (tag_id) ORDER BY t.name, r.time');
    await client.end();
    return { transitions: transitions.rows, states: states.rows, readings: readings.rows };
  };
  const send = (blocks: ReadonlyMap<number, Buffer>) =>
    deliver({ port: () => api.ingest.port, caPem, token: TOKEN, run: 'run-alarms', dictionary, blocks });

  beforeEach(async () => {
    database = await createTestDatabase(engine);
    api = await startTestApi(database.url);
    await api.sites.applyModel(packed(plant));
  });
  afterEach(async () => {
    await api.stop();
    await database.drop();
  });

  it('are the same, to the id, when the owner dies after every block as when it never does', async () => {
    for (const [seq, block] of wave()) await send(new Map([[seq, block]]));
    const unbroken = await journal(database.adminUrl);
    expect(unbroken.transitions.filter((row) => row.kind === 'Active').length).toBeGreaterThan(3);
    expect(unbroken.readings.filter((row) => row.name === 'double').length).toBeGreaterThan(10);

    const whole = database;
    database = await createTestDatabase(engine);
    await api.stop();
    api = await startTestApi(database.url);
    await api.sites.applyModel(packed(plant));
    for (const [seq, block] of wave()) {
      await send(new Map([[seq, block]]));
      const dead = api;
      api = await startTestApi(database.url);
      await dead.abandon();
    }
    expect(await journal(database.adminUrl)).toEqual(unbroken);
    await whole.drop();
  });

  it('are acknowledged in the next commit, and not when they have changed', async () => {
    await send(new Map([...wave()].slice(0, 5)));
    const found = await standing(database.adminUrl, 'pump');
    const action = {
      kind: 'Acknowledge',
      alarm: found.id,
      occurrence: found.occurrence,
      version: Number(found.version),
      user: 'anna',
      comment: 'seen\0',
      timeUs: Date.now() * 1000,
      request: 'req-1',
    } as const;
    expect(await api.sites.act('local/default', 'north', { ...action, version: action.version - 1 })).toMatchObject({
      kind: 'changed',
      present: { id: found.id },
    });
    expect(await api.sites.act('local/default', 'north', action)).toMatchObject({ kind: 'done', state: { acknowledged: true } });
    expect(await standing(database.adminUrl, 'pump')).toMatchObject({ acknowledged: true, acknowledged_by: 'anna', comment: 'seen' });
    expect(await api.sites.act('local/default', 'north', { ...action, alarm: 'no-such-alarm' })).toEqual({ kind: 'unknown' });
    expect((await journal(database.adminUrl)).transitions.filter((row) => row.kind === 'Acknowledged')).toMatchObject([
      { cause: 'user:req-1' },
    ]);
  });

  it('reach listeners once committed', async () => {
    const heard: { states: readonly AlarmState[]; transitions: readonly AlarmTransition[] }[] = [];
    api.hub.onAlarms((event) => heard.push(event));
    await send(new Map([...wave()].slice(0, 5)));
    await eventually('the alarm is heard', () => heard.some((event) => event.transitions.some((one) => one.kind === 'Active')));
  });

  it('refuse an acknowledgement while the database is away, and say so', async () => {
    await send(new Map([...wave()].slice(0, 5)));
    const { id, occurrence, version } = await standing(database.adminUrl, 'pump');
    await api.store.pool.end();
    const action = { kind: 'Acknowledge', alarm: id, occurrence, version: Number(version), user: 'anna', timeUs: 1, request: 'r' } as const;
    await expect(api.sites.act('local/default', 'north', action)).rejects.toThrow(/database is away/);
    expect(await standing(database.adminUrl, 'pump')).toMatchObject({ acknowledged: false });
    const { sites, ingest } = api;
    await sites.stop();
    await ingest.close(0);
    api = await startTestApi(database.url);
  });

  it('show a silent collector as an overlay that is never stored, until its health comes back', async () => {
    const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
    await collector.hello();
    collector.send(dictionary);
    collector.send({ $case: 'block', value: wave().get(1) ?? Buffer.alloc(0) });
    await collector.committed('run-alarms', 1);
    collector.close();
    await eventually('the overlay shows', () => api.hub.latest('local/default', 'default/pump/flow')?.status === 0x8031);
    expect(api.sites.health('local/default', 'pump')).toMatchObject({ connected: false, reason: 'CollectorUnavailable' });
    expect(api.hub.latest('local/default', 'default/sums/double')?.status).toBe(0);
    const again = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    await again.hello();
    const health = {
      device: 'pump',
      revision: 'r',
      connected: true,
      dataFlowing: true,
      reason: 'Connected',
      message: '',
      tags: 1,
      badTags: 0,
      rejected: [],
    };
    again.send({ $case: 'health', value: { configRevision: 'c1', devices: [health] } });
    await eventually('the value shows again', () => api.hub.latest('local/default', 'default/pump/flow')?.status === 0);
    expect(api.sites.health('local/default', 'pump')).toMatchObject({ connected: true });
    expect(api.sites.shards('local/default', 'north')).toEqual([
      { shard: 'shard-0', connected: true, configRevision: 'c1', collectors: 1 },
    ]);
    expect((await journal(database.adminUrl)).readings.filter((row) => row.name === 'flow')).toHaveLength(1);
    const shown: string[] = [];
    api.hub.onValues((values) => shown.push(...values.map(({ path }) => path)));
    again.send({ $case: 'health', value: { configRevision: 'c2', devices: [{ ...health, reason: 'Flapping' }] } });
    await eventually('the health is taken', () => api.sites.health('local/default', 'pump')?.reason === 'Flapping');
    expect(shown).toEqual([]); // no value has changed, nor how it is shown
    await api.sites.applyModel(packed({ ...plant, revision: 'r2', devices: [], rules: [] }));
    expect(api.sites.health('local/default', 'pump')).toBeUndefined();
    expect([...api.sites.deviceHealth('local/default', 'north').keys()]).toEqual([]);
    again.close();
  });

  it('of tags that are stale go on counting from what was confirmed, over a restart, but give collectors time to come', async () => {
    let aheadUs = 0;
    const start = () => startTestApi(database.url, { nowUs: () => Date.now() * 1000 + aheadUs, graceMs: 100 });
    const stale = { ...highRule('pump', 'flow'), name: 'stale', uid: 'rule-stale', condition: { type: 'Stale' as const, after: '1h' } };
    await api.stop();
    api = await start();
    await api.sites.applyModel(packed({ ...plant, revision: 'r2', rules: [stale] }));
    const timeUs = Math.floor(Date.now() / 1000) * 1_000_000;
    await send(new Map([[1, testBlock('run-alarms', 1, [{ tag: 1, timeUs, value: 5 }])]]));
    await api.stop();
    aheadUs = 40 * 60_000_000;
    api = await start();
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
    aheadUs = 61 * 60_000_000;
    const active = await eventually('the tag is stale', async () => {
      const { transitions } = await journal(database.adminUrl);
      return transitions[0];
    });
    expect(active).toMatchObject({ kind: 'Active', time: new Date(timeUs / 1000 + 3_600_000) });
  });

  it('are retired when their site is removed, whose history stays', async () => {
    await send(new Map([...wave()].slice(0, 5)));
    await api.sites.removeSite('local/default', 'north');
    const { transitions, states, readings } = await journal(database.adminUrl);
    expect(transitions.filter((row) => row.kind === 'Retired').length).toBeGreaterThan(0);
    expect(states).toEqual([]);
    expect(readings.length).toBeGreaterThan(0);
    expect(api.sites.models()).toEqual([]);
    expect(api.hub.latest('local/default', 'default/pump/flow')).toBeUndefined();
  });

  it('journal what changes in the model, simulations too', async () => {
    const simulated = plant.devices.map((one) => ({ ...one, simulated: true }));
    await api.sites.applyModel(packed({ ...plant, revision: 'r2', simulations: ['trial'], devices: simulated }));
    await api.sites.applyModel(packed({ ...plant, revision: 'r3' }));
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    const read = async () =>
      (await client.query(`SELECT kind FROM event WHERE kind <> 'OwnerChanged' ORDER BY event_id`)).rows.map((row) => row.kind);
    expect(await read()).toEqual(['ModelChanged', 'ModelChanged', 'SimulationEntered', 'ModelChanged', 'SimulationLeft']);
    await eventually(
      'the owner is journalled',
      async () => (await client.query(`SELECT 1 FROM event WHERE kind = 'OwnerChanged'`)).rowCount === 1,
    );
    await client.end();
  });
});

async function standing(url: string, deviceName: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const found = await client.query('SELECT * FROM alarm_state WHERE device = $1 AND active', [deviceName]);
  await client.end();
  return found.rows[0];
}
