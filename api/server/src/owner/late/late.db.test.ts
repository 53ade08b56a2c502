import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { query } from '../../../../../e2e/src/databases/prepare-template.ts';
import { createTestDatabase, engines, type TestDatabase } from '../../../../../e2e/src/databases/test-database.ts';
import { packHistory } from '../../store/packing/pack-history.ts';
import { testBlock, type TestReading, testRun } from '../../ingest/collector.fixture.ts';
import { deliver } from '../../ingest/deliver.fixture.ts';
import { caPem, eventually, startTestApi, type TestApi } from '../api.fixture.ts';
import { device, highRule, model, packed, tag, TOKEN } from '../plant.fixture.ts';

const START_US = (Math.floor(Date.now() / 1000) - 3_600) * 1_000_000;
const at = (second: number): number => START_US + second * 1_000_000;
const plant = model([device('pump', [tag('flow'), tag('level'), tag('free')])], {
  rules: [highRule('pump', 'flow'), highRule('pump', 'level')],
});
const dictionary = testRun('run-late', ['flow', 'level', 'free']);
const FLOW = 1;
const LEVEL = 2;
const FREE = 3;
const flow = (second: number, value: number): TestReading => ({ tag: FLOW, timeUs: at(second), value });
const LATER_US = 11_000_000;

describe.each(engines())('readings that come late, on %s', (engine) => {
  let database: TestDatabase;
  let api: TestApi;
  let aheadUs: number;
  let seq: number;
  const rows = async (text: string) => (await query(database.adminUrl, text)).rows;
  const start = () => startTestApi(database.url, { nowUs: () => Date.now() * 1000 + aheadUs });
  /** As after `kill -9`. */
  const restart = async (): Promise<void> => {
    const dead = api;
    api = await start();
    await dead.abandon();
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
  };
  const send = async (...blocks: (readonly TestReading[])[]): Promise<void> => {
    const numbered = new Map(blocks.map((readings) => [++seq, testBlock('run-late', seq, readings)]));
    await deliver({ port: () => api.ingest.port, caPem, token: TOKEN, run: 'run-late', dictionary, blocks: numbered });
  };
  const marks = () => rows('SELECT shard, widened::int FROM late_span');
  const settled = async (): Promise<void> => {
    aheadUs += LATER_US;
    await eventually('late readings are evaluated', async () => (await marks()).length === 0);
  };
  /** `4 Active late` for each row of the journal, by time. */
  const story = async () =>
    (
      await rows(`SELECT extract(epoch FROM time)::float8 - ${START_US / 1e6} AS s, kind, late FROM alarm_transition ORDER BY time, seq`)
    ).map(({ s, kind, late }) => `${s} ${kind}${late ? ' late' : ''}`);
  const state = async () =>
    (await rows(`SELECT active, acknowledged, occurrence, version::int, active_time, cleared_time FROM alarm_state`))[0];

  beforeEach(async () => {
    [aheadUs, seq] = [0, 0];
    database = await createTestDatabase(engine);
    api = await start();
    await api.sites.applyModel(packed(plant));
  });
  afterEach(async () => {
    await api.stop();
    await database.drop();
  });

  it('raise and clear an alarm in the journal, which stands until somebody has seen it', async () => {
    const told: string[] = [];
    api.hub.onAlarms(({ transitions }) => told.push(...transitions.map(({ kind, late }) => `${kind} ${late}`)));
    await send([flow(1, 5)], [flow(60, 5)], [flow(10, 200), flow(11, 201)], [flow(20, 7)]);
    expect(await story()).toEqual([]);
    expect(await marks()).toEqual([{ shard: 'shard-0', widened: expect.any(Number) }]);
    await settled();
    expect(await story()).toEqual(['10 Active late', '20 Cleared late']);
    expect(await state()).toMatchObject({ active: false, acknowledged: false, active_time: new Date(at(10) / 1000) });
    expect(told).toEqual(['Active true', 'Cleared true']);
    expect(await rows('SELECT cause, state FROM alarm_transition ORDER BY time')).toEqual([
      { cause: `late:pump/flow:${at(10)}`, state: 'UNACK' },
      { cause: `late:pump/flow:${at(20)}`, state: 'RTNUN' },
    ]);
  });

  it('make one alarm of what is active at the end of a gap and since, with the earlier time', async () => {
    await send([flow(1, 5)], [flow(60, 200)]);
    const seen = await state();
    await send([flow(10, 200)], [flow(20, 201)]);
    await settled();
    expect(await story()).toEqual(['10 Active late', '60 Active']);
    expect(await state()).toEqual({ ...seen, version: seen.version + 1, active_time: new Date(at(10) / 1000) });
    expect(await rows('SELECT DISTINCT occurrence FROM alarm_transition')).toEqual([{ occurrence: seen.occurrence }]);
  });

  it('are evaluated after a restart, and once', async () => {
    await send([flow(1, 5)], [flow(60, 5)], [flow(10, 200)], [flow(20, 7)]);
    await restart();
    await settled();
    const [whole, standing] = [await story(), await state()];
    expect(whole).toEqual(['10 Active late', '20 Cleared late']);
    await rows(`INSERT INTO late_span (tenant, site, shard, from_time, until_time)
      SELECT tenant, site, 'shard-0', min(time), max(time) FROM alarm_transition GROUP BY 1, 2`);
    await restart();
    await settled();
    expect([await story(), await state()]).toEqual([whole, standing]);
  });

  it('that come one by one are judged by all that has come until then', async () => {
    await send([flow(1, 5)], [flow(60, 200)], [flow(20, 200)]);
    await settled();
    await send([flow(10, 200)]);
    await send([flow(15, 5), { tag: LEVEL, timeUs: at(60), value: 1 }], [{ tag: LEVEL, timeUs: at(12), value: 200 }]);
    await settled();
    expect(await story()).toEqual([
      '10 Active late',
      '12 Active late',
      '15 Cleared late',
      '20 Active late',
      '60 Active',
      '60 Cleared late',
    ]);
    expect((await rows(`SELECT active_time FROM alarm_state WHERE tag = 'flow'`))[0].active_time).toEqual(new Date(at(20) / 1000));
  });

  it('are found packed too, with the reading before them', async () => {
    const days = 3 * 86_400;
    await send([flow(-days, 5)], [flow(60, 5)], [flow(10 - days, 200)], [flow(20 - days, 7)]);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const { layout, partitions } = api.store;
    const when = {
      nowUs: () => Date.now() * 1000,
      packAfterUs: 26 * 3_600_000_000,
      onProgress: () => {},
      signal: new AbortController().signal,
    };
    await packHistory({ client, layout, partitions, ...when });
    await client.end();
    expect(await rows('SELECT count(*)::int AS n FROM reading')).toEqual([{ n: 1 }]);
    await settled();
    expect(await story()).toEqual([`${10 - days} Active late`, `${20 - days} Cleared late`]);
  });

  it('are found over many chunks, while live ones go on', async () => {
    const many = Array.from({ length: 6_000 }, (_one, index) => flow(10 + index / 10, index % 1_000 < 500 ? 200 : 5));
    const blocks = Array.from({ length: 12 }, (_one, index) => many.slice(index * 500, index * 500 + 500));
    await send([flow(1, 5)], [flow(3_000, 5)], ...blocks);
    aheadUs += LATER_US;
    for (let second = 3_001; (await marks()).length > 0; second += 1) await send([flow(second, 5)]);
    const found = await rows('SELECT kind, late, count(*)::int FROM alarm_transition GROUP BY 1, 2 ORDER BY 1');
    expect(found).toEqual([
      { kind: 'Active', late: true, count: 6 },
      { kind: 'Cleared', late: true, count: 6 },
    ]);
  });

  it('that come while others are evaluated are evaluated after them', async () => {
    await send([flow(1, 5)], [flow(60, 5)], [flow(10, 200)]);
    const { withScope } = api.store;
    const [reached, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let steps = 0;
    const slow: typeof withScope = async (scope, run) => {
      steps += 1;
      const result = await withScope(scope, run);
      if (steps === 1) {
        reached.resolve();
        await goOn.promise;
      }
      return result;
    };
    Object.assign(api.store, { withScope: slow });
    aheadUs += LATER_US;
    await reached.promise;
    await send([flow(30, 300)], [flow(40, 7)]);
    goOn.resolve();
    await eventually('the first ones are evaluated', async () => (await story()).length > 0);
    await send([flow(61, 5)]); // with it, at the latest, what was evaluated is recorded
    expect(await marks()).toEqual([{ shard: 'shard-0', widened: expect.any(Number) }]);
    await settled();
    expect(await story()).toEqual(['10 Active late', '40 Cleared late']);
  });

  it('leave no mark where their tag has no alarm', async () => {
    await send([{ tag: FREE, timeUs: at(60), value: 5 }], [{ tag: FREE, timeUs: at(10), value: 200 }]);
    expect(await rows('SELECT count(*)::int AS n FROM reading WHERE flags <> 0')).toEqual([{ n: 1 }]);
    expect(await marks()).toEqual([]);
  });

  it('leave the same rows and state wherever the owner dies before it is through, and none twice', async () => {
    const gap = [[flow(10, 200)], [flow(20, 7)], [flow(30, 300)], [flow(40, 8)], [flow(50, 400)]];
    const level = (second: number, value: number): TestReading => ({ tag: LEVEL, timeUs: at(second), value });
    await send([flow(1, 5), level(1, 5)], [flow(60, 200), level(60, 5)], ...gap, [level(35, 200)]);
    const reached: string[][] = [];
    for (let dies = 1; dies <= 5; dies += 1) {
      await restart();
      const { withScope } = api.store;
      let steps = 0;
      const dying: typeof withScope = (scope, run) => {
        steps += 1;
        return steps === dies ? new Promise(() => {}) : withScope(scope, run);
      };
      Object.assign(api.store, { withScope: dying });
      aheadUs += LATER_US;
      await eventually(`step ${dies} is reached`, () => steps === dies);
      Object.assign(api.store, { withScope });
      reached.push(await story());
    }
    const ofFlow = ['10 Active late', '20 Cleared late', '30 Active late', '40 Cleared late', '50 Active late', '60 Active'];
    expect(reached).toEqual([['60 Active'], ['60 Active'], ['60 Active'], ['60 Active'], ofFlow]);
    await restart();
    await settled();
    expect(await story()).toEqual(ofFlow.toSpliced(3, 0, '35 Active late').toSpliced(-1, 1, '60 Active', '60 Cleared late'));
    expect(await rows('SELECT count(DISTINCT occurrence)::int AS n FROM alarm_transition')).toEqual([{ n: 4 }]);
    expect((await rows(`SELECT active, version::int, active_time FROM alarm_state WHERE tag = 'flow'`))[0]).toEqual({
      active: true,
      version: 2,
      active_time: new Date(at(50) / 1000),
    });
  });
});
