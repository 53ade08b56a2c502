import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { connectCollector, testBlock, testRun } from '../ingest/collector.fixture.ts';
import { caPem, eventually, startTestPlant, type TestApi } from './api.fixture.ts';
import { device, model, packed, tag, TOKEN } from './plant.fixture.ts';

const everything = { grants: [{ tenant: '*', site: '*' }] };

describe.each(engines())('retention classes on %s', (engine) => {
  let database: TestDatabase;
  let api: TestApi;
  let admin: pg.Client;
  const startUs = Math.floor(Date.now() / 1000) * 1_000_000;
  const pump = (classOfFlow: 'short' | 'standard') =>
    device('pump', [
      tag('flow', { history: { class: classOfFlow, mode: 'Sampled' } }),
      tag('level', { history: { mode: 'OnChange', deadband: 1 } }),
      tag('noise', { history: { mode: 'None' } }),
      tag('note', { kind: 'Text', dataType: 'String' }),
    ]);
  const plant = (classOfFlow: 'short' | 'standard') => model([pump(classOfFlow)], { historian: { class: 'long', eventRetention: '5y' } });
  const count = async (table: string) => (await admin.query(`SELECT count(*)::int AS rows FROM ${table}`)).rows[0].rows as number;
  const read = async (name: string) =>
    api.store.withScope(everything, async (client) => {
      const found = await api.store.readings.tag(client, { tenant: 'local/default', device: 'pump', name });
      if (found === undefined) throw new Error(`no tag ${name}`);
      const range = { fromUs: startUs - 1, toUs: startUs + 3_600_000_000, limit: 100, order: 'asc' as const };
      return (await api.store.readings.raw(client, found, range)).readings.map((one) => one.value);
    });
  const send = async (seq: number, values: readonly number[]) => {
    const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN });
    await collector.hello();
    collector.send(testRun('run-1', ['flow', 'level', 'noise', 'note']));
    const readings = values.flatMap((value, index) =>
      [1, 2, 3].map((number) => ({ tag: number, timeUs: startUs + (seq * 100 + index) * 1000, value })),
    );
    const texts = [{ tag: 4, timeUs: startUs + seq * 1000, value: `note ${seq}`, status: 0, flags: 0, receivedDeltaUs: 0 }];
    collector.send({ $case: 'block', value: testBlock('run-1', seq, readings, { texts }) });
    await collector.committed('run-1', seq);
    collector.close();
  };

  beforeAll(async () => {
    ({ database, api } = await startTestPlant(engine));
    admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await api.sites.applyModel(packed(plant('short')));
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
  });
  afterAll(async () => {
    await admin.end();
    await api.stop();
    await database.drop();
  });

  it('store each tag in its own class or else that of the site, and of each what its history mode says', async () => {
    await send(1, [10, 10.5, 12]);
    expect([await count('reading_short'), await count('reading'), await count('reading_long'), await count('reading_text_long')]).toEqual([
      3, 0, 2, 1,
    ]);
    expect(await read('flow')).toEqual([10, 10.5, 12]);
    expect(await read('level')).toEqual([10, 12]);
    expect(await read('noise')).toEqual([]);
    expect(api.hub.latest('local/default', 'default/pump/noise')).toMatchObject({ value: 12 });
  });

  it('leave what is stored where it is when a tag changes its class, and give it back as one', async () => {
    await api.sites.applyModel(packed({ ...plant('standard'), revision: 'r2' }));
    await send(2, [20]);
    expect([await count('reading_short'), await count('reading')]).toEqual([3, 1]);
    expect(await read('flow')).toEqual([10, 10.5, 12, 20]);
    expect(await read('note')).toEqual(['note 1', 'note 2']);
  });
});
