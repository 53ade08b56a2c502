import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { testBlock, type TestReading, testRun } from '../ingest/collector.fixture.ts';
import { deliver } from '../ingest/deliver.fixture.ts';
import { caPem, startTestApi, type TestApi } from './api.fixture.ts';
import { device, highRule, model, packed, tag, TOKEN } from './plant.fixture.ts';

const START_US = (Math.floor(Date.now() / 1000) - 3600) * 1_000_000;
const at = (second: number): number => START_US + second * 1_000_000;
const sums = device('sums', [tag('both', { expression: "tag('left', 'flow') + tag('right', 'flow')" })], { protocol: 'Calculated' });
const twice = device('twice', [tag('both', { expression: "2 * tag('sums', 'both')" })], { protocol: 'Calculated' });
const plant = model([device('left', [tag('flow')]), device('right', [tag('flow')]), sums, twice], {
  rules: [highRule('sums', 'both', '3s')],
});

const LEFT = 1;
const RIGHT = 2;
const observed = (local: number, from: number, until: number) => ({ device: local, fromUs: at(from), untilUs: at(until) });
/** Each a block: readings by device and second, and what is confirmed. */
const STEPS: readonly { readings?: readonly TestReading[]; observed?: ReturnType<typeof observed>[] }[] = [
  { readings: [{ tag: LEFT, timeUs: at(0), value: 60 }], observed: [observed(LEFT, 0, 1)] },
  { readings: [{ tag: RIGHT, timeUs: at(1), value: 60 }], observed: [observed(RIGHT, 0, 2)] },
  { observed: [observed(LEFT, 1, 7)] },
  { observed: [observed(RIGHT, 2, 5)] },
  { observed: [observed(RIGHT, 9, 10)] },
  { observed: [observed(LEFT, 7, 12)] },
];
const run = testRun('run-observed', [], { device: 'left' });
if (run.$case === 'run') {
  run.value.devices.push({ id: 2, device: 'right' });
  for (const id of [LEFT, RIGHT]) run.value.tags.push({ id, device: id, tag: 'flow', text: false, simulated: false });
}

describe.each(engines())('confirmations on %s', (engine) => {
  let database: TestDatabase;
  let api: TestApi;
  const rows = async (text: string) => {
    const client = new pg.Client({ connectionString: database.adminUrl });
    await client.connect();
    const found = await client.query({ text, rowMode: 'array' });
    await client.end();
    return found.rows;
  };
  const journal = () => rows('SELECT id, kind, time, cause FROM alarm_transition ORDER BY time, id');
  /** Spans in seconds since the start. */
  const spans = () =>
    rows(`SELECT d.name, extract(epoch FROM o.started)::float8 - ${START_US / 1e6}, extract(epoch FROM o.ended)::float8 - ${START_US / 1e6}
          FROM observed o JOIN device d USING (device_id) ORDER BY d.name, o.started`);
  const replay = async (afterEachStep: () => Promise<void>) => {
    for (const [index, { readings = [], ...more }] of STEPS.entries()) {
      const block = testBlock('run-observed', index + 1, readings, more);
      await deliver({
        port: () => api.ingest.port,
        caPem,
        token: TOKEN,
        run: 'run-observed',
        dictionary: run,
        blocks: new Map([[index + 1, block]]),
      });
      await afterEachStep();
    }
  };

  beforeEach(async () => {
    database = await createTestDatabase(engine);
    api = await startTestApi(database.url);
    await api.sites.applyModel(packed(plant));
  });
  afterEach(async () => {
    await api.stop();
    await database.drop();
  });

  it('let the delay of a calculated alarm end at the same block, whether the owner died before or not', async () => {
    await replay(async () => {});
    const unbroken = await journal();
    expect(unbroken).toMatchObject([[expect.anything(), 'Active', new Date(at(4) / 1000), 'run-observed:4:right']]);
    const whole = database;
    await api.stop();
    database = await createTestDatabase(engine);
    api = await startTestApi(database.url);
    await api.sites.applyModel(packed(plant));
    await replay(async () => {
      const dead = api;
      api = await startTestApi(database.url);
      await dead.abandon();
    });
    expect(await journal()).toEqual(unbroken);
    await whole.drop();
  });

  it('reach calculated devices as far as all devices behind them are confirmed', async () => {
    await replay(async () => {});
    expect(await spans()).toEqual([
      ['left', 0, 12],
      ['right', 0, 5],
      ['right', 9, 10],
      ['sums', 0, 5],
      ['sums', 9, 10],
      ['twice', 0, 5],
      ['twice', 9, 10],
    ]);
  });
});
