import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../../../../../e2e/src/databases/test-database.ts';
import { CLI_TOKEN, startTestApp, type TestApp } from '../../http/app.fixture.ts';
import { connectCollector, type TestCollector, testBlock, type TestReading, testRun } from '../../ingest/collector.fixture.ts';
import { caPem, eventually } from '../../owner/api.fixture.ts';
import { device, model, packed, tag, TOKEN } from '../../owner/plant.fixture.ts';
import { runRollups } from '../../store/rollups/run-rollups.ts';

const S = 1_000_000;
const HOUR = 3600 * S;
/** A whole hour 60 hours ago. */
const START = Math.floor(Date.now() / 3_600_000 - 60) * HOUR;
const HOURS = 48;
const END = START + HOURS * HOUR;
const at = (us: number): string => new Date(us / 1000).toISOString();
const path = (name: string): string => `/namespaces/default/devices/pump/tags/${name}/readings`;

const plant = (unit: string, revision: string) =>
  model(
    [
      device('pump', [
        tag('flow', { unit }),
        tag('energy', { kind: 'Counter', counter: { rollover: 1000, resets: 'Forbidden' } }),
        tag('valve', { kind: 'State', dataType: 'Int16', states: { '0': 'shut', '1': 'open' } }),
        tag('rare'),
      ]),
    ],
    { timezone: 'Europe/Berlin', dayStart: '06:00', revision },
  );

describe.each(engines())('history on %s', (engine) => {
  let app: TestApp;
  let collector: TestCollector;
  let seq = 0;
  const ask = async (url: string) => {
    const answer = await app.ask('GET', url, { token: CLI_TOKEN });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return answer.body;
  };
  const query = (body: object) => app.ask('POST', '/query', { token: CLI_TOKEN, body });
  const errors = async (url: string) => (await app.ask('GET', url, { token: CLI_TOKEN })).body.errors;
  const send = async (readings: readonly TestReading[], observed: readonly (readonly [number, number])[] = []): Promise<void> => {
    seq += 1;
    const spans = observed.map(([fromUs, untilUs]) => ({ device: 1, fromUs, untilUs }));
    collector.send({ $case: 'block', value: testBlock('run-1', seq, readings, { observed: spans }) });
    await collector.committed('run-1', seq);
  };
  const roll = (): Promise<void> => {
    const { withScope, readings, partitions } = app.api.store;
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    return runRollups({ withScope, readings, partitions, nowUs: () => Date.now() * 1000, log }, new AbortController().signal);
  };

  beforeAll(async () => {
    app = await startTestApp(engine);
    const site = plant('m³/h', 'r1');
    await app.api.sites.applyModel(packed(site));
    await eventually('the site is owned', () => app.api.sites.recording(site.tenant, site.site));
    collector = connectCollector({ port: app.api.ingest.port, caPem, token: TOKEN });
    await collector.hello();
    collector.send(testRun('run-1', ['flow', 'energy', 'valve', 'rare']));
    for (let hour = 0; hour < HOURS; hour += 1) {
      const from = START + hour * HOUR;
      const flow = Array.from({ length: 360 }, (_, n) => ({ tag: 1, timeUs: from + n * 10 * S, value: (hour * 360 + n) % 100 }));
      const energy = Array.from({ length: 60 }, (_, n) => ({ tag: 2, timeUs: from + n * 60 * S, value: ((hour * 60 + n) * 7) % 1000 }));
      const valve = [0, 1].map((value) => ({ tag: 3, timeUs: from + value * 900 * S, value }));
      const rare = hour % 6 === 0 ? [{ tag: 4, timeUs: from + S, value: hour }] : [];
      await send([...flow, ...energy, ...valve, ...rare], hour === 20 ? [] : [[from, from + HOUR]]);
    }
    await send([{ tag: 1, timeUs: START + 30 * HOUR + 1234 * S + 5, value: 9999 }, { tag: 1, timeUs: START + 31 * HOUR + 5 * S, value: 0, status: 0x8005 }]); // biome-ignore format: one call
  }, 120_000);
  afterAll(async () => {
    collector.close();
    await app.close();
  });

  const whole = `from=${at(START)}&to=${at(END)}`;
  const byQuarter = `${path('flow')}?${whole}&interval=15m&aggregate=avg,min,max,count,goodMs,integral,value&limit=1000`;

  it('gives the same buckets before and after it is summed up, and says what they are made from', async () => {
    const days = `${path('flow')}?${whole}&interval=1d&aggregate=avg,min,max,count,goodMs`;
    const before = [await ask(byQuarter), await ask(days)];
    expect(before.map(({ source }) => source)).toEqual(['raw', 'raw']);
    await roll();
    const after = [await ask(byQuarter), await ask(days)];
    expect(after.map(({ source }) => source)).toEqual(['15m', '1d']);
    for (const [n, answer] of after.entries()) expect(near(answer.readings)).toEqual(near(before[n].readings));
    expect(after[1].readings.every(({ time }: { time: string }) => /T0[45]:00/.test(time))).toBe(true); // six in Berlin
  });

  it('keeps a spike of one reading in sight, however coarse the drawing', async () => {
    const drawn = await ask(`${path('flow')}?${whole}&points=50`);
    expect(drawn).toMatchObject({ source: '15m', interval: '1h' });
    expect(drawn.readings.length).toBeLessThanOrEqual(51);
    const spike = drawn.readings.filter(({ max }: { max: number }) => max === 9999);
    expect(spike).toMatchObject([{ time: at(START + 30 * HOUR), min: 0 }]);
    expect(Object.keys(spike[0])).toEqual(expect.arrayContaining(['first', 'last', 'avg', 'count', 'bad']));
  });

  it('gives few readings as they are stored', async () => {
    const drawn = await ask(`${path('rare')}?${whole}&points=50`);
    expect(drawn.source).toBe('raw');
    expect(drawn.readings.map(({ value }: { value: number }) => value)).toEqual([0, 6, 12, 18, 24, 30, 36, 42]);
  });

  it('tells gaps and bad spans, of readings exactly and of buckets to the bucket', async () => {
    const around = `from=${at(START + 19 * HOUR)}&to=${at(START + 22 * HOUR)}&observed=true`;
    const gap = { from: at(START + 20 * HOUR), until: at(START + 21 * HOUR) };
    expect((await ask(`${path('flow')}?${around}&interval=15m`)).gaps).toEqual([gap]);
    expect((await ask(`${path('rare')}?${around}`)).gaps).toEqual([gap]);
    const bad = `from=${at(START + 31 * HOUR)}&to=${at(START + 32 * HOUR)}&observed=true&limit=5000`;
    expect((await ask(`${path('flow')}?${bad}`)).bad).toEqual([
      { from: at(START + 31 * HOUR + 5 * S), until: at(START + 31 * HOUR + 10 * S) },
    ]);
    expect((await ask(`${path('flow')}?${bad}&interval=15m`)).bad).toEqual([
      { from: at(START + 31 * HOUR), until: at(START + 31 * HOUR + 900 * S) },
    ]);
  });

  it('knows no value in a gap, and weighs each by how long it held', async () => {
    const buckets = await ask(
      `${path('valve')}?from=${at(START + 18 * HOUR)}&to=${at(START + 22 * HOUR)}&interval=1h&aggregate=avg,goodMs,durations`,
    );
    expect(buckets.interpolation).toBe('Step');
    expect(buckets.readings.slice(0, 2)).toMatchObject([
      { avg: 0.75, goodMs: 3_600_000, durations: { '0': 900_000, '1': 2_700_000 } },
      { avg: 0.75, goodMs: 3_600_000 },
    ]);
    expect(buckets.readings[2]).toMatchObject({ goodMs: 0, durations: {} });
  });

  it('counts what a counter counted, over its rollover', async () => {
    const hours = await ask(`${path('energy')}?${whole}&interval=1h&aggregate=increase&limit=100`);
    expect(hours.readings.map(({ increase }: { increase: number }) => increase)).toEqual([59 * 7, ...Array<number>(47).fill(60 * 7)]);
  });

  it('aligns several tags and an earlier period on one grid', async () => {
    const series = [
      { tag: 'default/pump/flow', aggregate: 'max' },
      { tag: 'default/pump/rare', aggregate: 'last', fill: 'Previous' },
      { tag: 'default/pump/rare', aggregate: 'count' },
      { tag: 'default/pump/energy', aggregate: 'value', interpolation: 'Step' },
      { tag: 'default/pump/energy', aggregate: 'increase', offset: '24h' },
      { tag: 'default/pump/flow', aggregate: 'count', offset: '1d' },
    ];
    const { status, body } = await query({ from: at(START + 24 * HOUR), to: at(START + 34 * HOUR), interval: '1h', series });
    expect(status, JSON.stringify(body)).toBe(200);
    expect(body.times).toEqual(Array.from({ length: 10 }, (_, n) => at(START + (24 + n) * HOUR)));
    const values = body.series.map((one: { values: number[] }) => one.values);
    expect(values[0]).toEqual([99, 99, 99, 99, 99, 99, 9999, 99, 99, 99]);
    expect(values[1]).toEqual([24, 24, 24, 24, 24, 24, 30, 30, 30, 30]);
    expect(values[2]).toEqual([1, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    expect(values[3]).toEqual(Array.from({ length: 10 }, (_, n) => ((24 + n) * 420) % 1000));
    expect(values[4].slice(1)).toEqual(Array<number>(9).fill(420));
    expect(values[5]).toEqual(Array<number>(10).fill(360));
    expect(body.series[0]).toMatchObject({ unit: 'm³/h', source: '15m', origin: 'Real' });
    expect(body.series[5]).toMatchObject({ offset: '1d' });
  });

  it('says which field asks for too much, and how much is the most', async () => {
    const refused = async (body: object) => (await query(body)).body.errors;
    const base = { from: at(START), to: at(END), series: [{ tag: 'default/pump/flow' }] };
    expect(await refused({ ...base, interval: '1s' })).toEqual([
      { field: 'interval', message: expect.stringMatching(/more than 10000 buckets/) },
    ]);
    expect(await refused({ ...base, interval: '1h', series: [{ tag: 'flow' }] })).toEqual([
      { field: 'series.0.tag', message: expect.stringMatching(/namespace\/device\/tag/) },
    ]);
    expect(await refused({ ...base, interval: '1h', series: Array.from({ length: 21 }, () => base.series[0]) })).toMatchObject([
      { field: 'series' },
    ]);
    expect(await errors(`${path('flow')}?points=3`)).toMatchObject([{ field: 'points' }]);
    expect(await errors(`${path('flow')}?points=100&interval=1m`)).toEqual([
      { field: 'points', message: expect.stringMatching(/give one/) },
    ]);
    expect(await errors(`${path('flow')}?limit=20001`)).toEqual([{ field: 'limit', message: expect.stringMatching(/20000/) }]);
    expect(await errors(`${path('flow')}?interval=0s`)).toEqual([{ field: 'interval', message: expect.stringMatching(/longer than 0/) }]);
  });

  it('pages through buckets without losing or doubling one', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await ask(`${path('flow')}?${whole}&interval=15m&limit=17${cursor}`);
      seen.push(...page.readings.map(({ time }: { time: string }) => time));
      cursor = page.nextCursor === undefined ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toEqual(Array.from({ length: HOURS * 4 }, (_, n) => at(START + n * 900 * S)));
  });

  it('takes what comes late into account at once, and again when it is summed up', async () => {
    const hour = `${path('rare')}?from=${at(START + 7 * HOUR)}&to=${at(START + 8 * HOUR)}&interval=1h&aggregate=max`;
    await send([{ tag: 4, timeUs: START + 7 * HOUR + 77 * S, value: 777 }]);
    expect(await ask(hour)).toMatchObject({ source: 'raw', readings: [{ max: 777 }] });
    await roll();
    expect(await ask(hour)).toMatchObject({ source: '15m', readings: [{ max: 777 }] });
  });

  it('draws a break where the unit changes, and says what it was before', async () => {
    const changedUs = Date.now() * 1000;
    await app.api.sites.applyModel(packed(plant('l/s', 'r2')));
    const range = `from=${at(START + 47 * HOUR)}&to=${at(changedUs + HOUR)}`;
    const answer = await eventually('the new unit', async () => {
      const body = await ask(`${path('flow')}?${range}&limit=5000`);
      return body.revisions === undefined ? undefined : body;
    });
    expect(answer.unit).toBe('l/s');
    expect(answer.revisions).toMatchObject([{ unit: 'm³/h' }, { unit: 'l/s', kind: 'Analog' }]);
    expect((await ask(`${path('flow')}?${whole}&interval=1d`)).unit).toBe('m³/h');
  });
});

const near = (readings: readonly Record<string, number>[]) =>
  readings.map((reading) =>
    Object.entries(reading).map(([name, value]) => [name, typeof value === 'number' ? Number(value.toPrecision(9)) : value]),
  );
