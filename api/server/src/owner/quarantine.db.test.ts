import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { connectCollector, testBlock, testRun } from '../ingest/collector.fixture.ts';
import { caPem, eventually, startTestApi, type TestApi } from './api.fixture.ts';
import { device, highRule, model, packed, tag, TOKEN } from './plant.fixture.ts';

describe.each(engines())('rows that the database refuses, on %s', (engine) => {
  let database: TestDatabase;
  let api: TestApi;
  let admin: pg.Client;

  beforeAll(async () => {
    database = await createTestDatabase(engine);
    admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query('ALTER TABLE reading ADD CONSTRAINT poison CHECK (value <> 666)');
    api = await startTestApi(database.url);
    const pump = device('pump', [tag('flow')]);
    const fan = device('fan', [tag('speed')]);
    const base = model([pump, fan], { rules: [highRule('pump', 'flow')] });
    const [shard] = base.shards;
    const shards = [
      { ...shard!, devices: ['pump'] },
      { ...shard!, name: 'shard-1', devices: ['fan'] },
    ];
    await api.sites.applyModel(packed({ ...base, shards }));
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
  });
  afterAll(async () => {
    await admin.end();
    await api.stop();
    await database.drop();
  });

  it('go to quarantine alone: all else of their block, stream and commit is stored, alarms too', async () => {
    const pump = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    const fan = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    await pump.hello();
    await fan.hello({ shard: 'shard-1' });
    pump.send(testRun('run-pump', ['flow']));
    fan.send(testRun('run-fan', ['speed'], { device: 'fan' }));
    const startUs = Date.now() * 1000;
    const count = 40;
    const poison = new Set([7, 23]);
    const readings = (seq: number) =>
      Array.from({ length: count }, (_one, row) => ({
        tag: 1,
        timeUs: startUs + seq * 1000 + row,
        value: seq === 2 && poison.has(row) ? 666 : 50 + seq,
      }));
    for (const seq of [1, 2, 3]) pump.send({ $case: 'block', value: testBlock('run-pump', seq, readings(seq)) });
    fan.send({ $case: 'block', value: testBlock('run-fan', 1, readings(1)) });
    await Promise.all([pump.committed('run-pump', 3), fan.committed('run-fan', 1)]);
    const held = await admin.query(
      `SELECT shard, run, seq::int, first_row, rows, reason, detail, length(body) AS bytes FROM quarantine ORDER BY first_row`,
    );
    expect(held.rows).toMatchObject([
      { shard: 'shard-0', run: 'run-pump', seq: 2, first_row: 7, rows: 1, reason: 'RefusedByDatabase' },
      { shard: 'shard-0', run: 'run-pump', seq: 2, first_row: 23, rows: 1, bytes: 54 },
    ]);
    expect(held.rows[0].detail).toMatch(/^reading: 23514 .*poison/);
    const stored = await admin.query('SELECT count(*)::int AS rows FROM reading');
    expect(stored.rows[0].rows).toBe(4 * count - poison.size);
    const alarms = await admin.query('SELECT kind, state, value FROM alarm_transition ORDER BY seq');
    expect(alarms.rows.map((row) => row.kind)).toEqual(['Active', 'Cleared', 'Active', 'Cleared']);
    expect(api.sites.recording('local/default', 'north')).toBe(true);
    pump.close();
    fan.close();
  });
});
