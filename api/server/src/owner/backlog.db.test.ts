import { Flag } from '@kubeplant/words';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { query } from '../../../../e2e/src/databases/prepare-template.ts';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { connectCollector, testBlock, testRun } from '../ingest/collector.fixture.ts';
import { caPem, eventually, startTestApi, type TestApi } from './api.fixture.ts';
import { device, highRule, model, packed, tag, TOKEN } from './plant.fixture.ts';

const PLACE = ['local/default', 'north'] as const;
const plant = packed(model([device('pump', [tag('flow')])], { rules: [highRule('pump', 'flow')] }));
const dictionary = testRun('run-1', ['flow']);
const START_US = (Math.floor(Date.now() / 1000) - 3_600) * 1_000_000;
const at = (seq: number): number => START_US + seq * 1_000_000;
const COUNT = 200;

/** A block a second with a reading and the second it is confirmed for. */
const blockOf = (seq: number, value = seq): Buffer =>
  testBlock('run-1', seq, [{ tag: 1, timeUs: at(seq), value }], { observed: [{ device: 1, fromUs: at(seq), untilUs: at(seq + 1) }] });

describe.each(engines())('blocks in any order on %s', (engine) => {
  let database: TestDatabase;
  let api: TestApi;
  const rows = async (text: string) => (await query(database.adminUrl, text)).rows;
  const connect = () => connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
  const late: number[] = [];

  beforeEach(async () => {
    late.length = 0;
    database = await createTestDatabase(engine);
    api = await startTestApi(database.url, { onCommitted: (commit) => late.push(commit.late) });
    await api.sites.applyModel(plant);
    await eventually('the site is owned', () => api.sites.recording(...PLACE));
  });
  afterEach(async () => {
    await api.stop();
    await database.drop();
  });

  it('are stored once each; the newest is shown, nothing older is, and alarms are judged by what is newest', async () => {
    const shown: number[] = [];
    api.hub.onValues((values) => shown.push(...values.map(({ timeUs }) => timeUs)));
    const first = connect();
    await first.hello();
    first.send(dictionary);
    const alarms: string[] = [];
    api.hub.onAlarms(({ transitions }) => alarms.push(...transitions.map(({ kind }) => kind)));
    // Live goes before what has waited: the newest first, the others shuffled, half of them twice.
    const order = [COUNT, ...Array.from({ length: COUNT - 1 }, (_one, index) => ((index * 83) % (COUNT - 1)) + 1)];
    for (const seq of order) first.send({ $case: 'block', value: blockOf(seq, seq === 50 ? 5_000 : seq / 10) });
    for (const seq of order.filter((one) => one % 2 === 0)) first.send({ $case: 'block', value: blockOf(seq) });
    await first.until((answers) => answers.some((one) => one.$case === 'received' && one.value.blocks === COUNT * 1.5));
    for (const seq of order) await first.committed('run-1', seq);
    expect(await rows('SELECT count(*)::int AS rows, count(DISTINCT time)::int AS different FROM reading')).toEqual([
      { rows: COUNT, different: COUNT },
    ]);
    expect(shown).toEqual([at(COUNT)]);
    expect(alarms).toEqual([]); // the spike of the past is stored, and told nobody
    expect(late.reduce((sum, one) => sum + one, 0)).toBe(COUNT - 1);
    const flags = await rows(`SELECT count(*)::int AS late FROM reading WHERE (flags & ${Flag.Late}) <> 0`);
    expect(flags[0].late).toBe(COUNT - 1);
    first.close();
    await api.stop();
    const checkpoint = await rows('SELECT (extract(epoch FROM time) * 1000000)::int8::text AS us FROM tag_latest');
    expect(checkpoint).toEqual([{ us: String(at(COUNT)) }]);
    api = await startTestApi(database.url);
    await eventually(
      'the newest is shown after a restart',
      () => api.hub.latest('local/default', 'default/pump/flow')?.timeUs === at(COUNT),
    );
  });

  it('are taken of a device that has gone to another shard meanwhile, or is gone, also after a restart, and of no other', async () => {
    const first = connect();
    await first.hello();
    first.send(dictionary);
    first.send({ $case: 'block', value: blockOf(1) });
    await first.committed('run-1', 1);
    const moved = model([device('pump', [tag('flow')]), device('fan', [tag('flow')])], { revision: 'r2' });
    const [shard] = moved.shards;
    if (shard === undefined) throw new Error('the model has a shard');
    const shards = [
      { ...shard, devices: [] },
      { ...shard, name: 'shard-1' },
    ];
    await api.sites.applyModel(packed({ ...moved, shards }));
    first.send({ $case: 'block', value: blockOf(2) });
    await first.committed('run-1', 2);
    first.close();
    await api.stop();
    api = await startTestApi(database.url);
    await eventually('the site is owned', () => api.sites.recording(...PLACE));
    const second = connect();
    await second.hello({ runs: ['run-1'] });
    second.send(dictionary);
    second.send({ $case: 'block', value: blockOf(3) });
    second.send(testRun('run-fan', ['flow'], { device: 'fan' }));
    second.send({ $case: 'block', value: testBlock('run-fan', 1, [{ tag: 1, timeUs: at(3), value: 3 }]) });
    await second.committed('run-1', 3);
    await second.committed('run-fan', 1);
    await api.sites.applyModel(packed({ ...moved, revision: 'r3', devices: [], shards: [{ ...shard, devices: [] }] }));
    second.send({ $case: 'block', value: blockOf(4) });
    await second.committed('run-1', 4);
    expect(await rows('SELECT value FROM reading ORDER BY time')).toEqual([1, 2, 3, 4].map((value) => ({ value })));
    expect(await rows('SELECT extract(epoch FROM max(ended) - min(started))::int AS confirmed_s FROM observed')).toEqual([
      { confirmed_s: 4 },
    ]);
    expect(await rows('SELECT device, reason, rows FROM quarantine')).toEqual([{ device: 'fan', reason: 'NotInShard', rows: 1 }]);
    second.close();
  });

  it('confirm what they confirm: a backlog in order joins into one row, and what was lost stays a gap', async () => {
    const collector = connect();
    await collector.hello();
    collector.send(dictionary);
    collector.send({ $case: 'block', value: blockOf(COUNT) });
    for (let seq = 1; seq < COUNT; seq += 1) if (seq < 80 || seq > 100) collector.send({ $case: 'block', value: blockOf(seq) });
    const lost = { fromUs: at(80), untilUs: at(101), readings: 21, blocks: 21, reason: 'BufferFull' };
    collector.send({ $case: 'block', value: testBlock('run-1', COUNT + 1, [], { lost: [lost] }) });
    await collector.committed('run-1', COUNT + 1);
    const spans = await rows(
      `SELECT (extract(epoch FROM started)::float8 - ${START_US / 1e6})::int AS started, (extract(epoch FROM ended)::float8 - ${START_US / 1e6})::int AS ended
       FROM observed ORDER BY started`,
    );
    expect(spans).toEqual([
      { started: 1, ended: 80 },
      { started: 101, ended: COUNT },
      { started: COUNT, ended: COUNT + 1 },
    ]);
    const events = await rows(`SELECT message, details FROM event WHERE kind = 'ReadingsLost'`);
    expect(events).toMatchObject([
      {
        message: expect.stringMatching(/^21 readings from 20.* to 20.* were lost in collector shard-0: its buffer was full$/),
        details: lost,
      },
    ]);
    collector.close();
  });
});
