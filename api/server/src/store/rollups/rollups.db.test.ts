import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../../e2e/src/databases/test-database.ts';
import type { Scope, ScopedClient, StoredTag } from '../../ports.ts';
import { CopyRows } from '../copy-encoder.ts';
import { copyInto } from '../copy-into.ts';
import { createStore, type Store } from '../create-store.ts';
import { toTimestamp } from '../micros.ts';
import { runRollups } from './run-rollups.ts';
import { fixedGrid } from './grid.ts';
import { HOUR_US, MINUTE_US, QUARTER_US } from './levels.ts';
import { markHistory } from './mark-history.ts';
import { readSummaries } from './rollup-rows.ts';
import { DAYS, MINUTES, QUARTERS } from './levels.ts';
import { dayGrid } from './site-days.ts';
import { sumRange } from './sum-range.ts';
import type { Summary } from './summary.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };
const place = { tenant: 'a/x', site: 'north' };
const S = 1_000_000;
/** A whole hour three days ago, and six hours later. */
const START_US = Math.floor(Date.now() / 3_600_000 - 72) * HOUR_US;
const HOURS = 6;
const END_US = START_US + HOURS * HOUR_US;

interface Sample {
  readonly timeUs: number;
  readonly value: number;
  readonly status: number;
}

describe.each(engines())('sums of history on %s', (engine) => {
  let database: TestDatabase;
  let store: Store;
  const tags = new Map<string, StoredTag>();
  const sent = new Map<string, Sample[]>();
  const read = <T>(run: (client: ScopedClient) => Promise<T>): Promise<T> => store.withScope(everything, run);
  const roll = (nowUs = END_US + HOUR_US): Promise<void> =>
    runRollups(
      { withScope: store.withScope, readings: store.readings, partitions: store.partitions, nowUs: () => nowUs, log: silent },
      new AbortController().signal,
    );
  const tag = (name: string): StoredTag => tags.get(name) as StoredTag; // set in beforeAll

  /** As the owner commits: rows and their marks in one transaction. */
  const ingest = async (name: string, samples: readonly Sample[], nowUs: number, hold?: () => Promise<void>): Promise<void> => {
    const rows = new CopyRows(samples.length);
    for (const { timeUs, value, status } of samples) rows.number(tag(name).tagId, timeUs, value, 0, status, 0);
    const times = samples.map(({ timeUs }) => timeUs);
    await store.withOwnerScope(everything, async (client) => {
      await copyInto(client, 'reading', [rows.bytes()]);
      const copied = { parts: [rows.bytes()], fromUs: Math.min(...times), untilUs: Math.max(...times) };
      await markHistory(client, place, { nowUs, rows: [copied], grown: [] });
      await hold?.();
    });
    sent.set(name, [...(sent.get(name) ?? []), ...samples]);
  };

  beforeAll(async () => {
    database = await createTestDatabase(engine);
    store = await createStore({ databaseUrl: database.url, log: silent });
    await store.partitions.ensure(START_US, END_US + 48 * HOUR_US);
    await read(async (client) => {
      await client.query(`INSERT INTO device (tenant, site, name, uid, revision) VALUES ('a/x', 'north', 'pump', 'u', 'r')`);
      await client.query(`INSERT INTO site_calendar (tenant, site, timezone, day_start) VALUES ('a/x', 'north', 'Asia/Kolkata', '00:07')`);
      const kinds = { flow: 'Analog', valve: 'State', energy: 'Counter', rare: 'Analog' };
      for (const [name, kind] of Object.entries(kinds)) {
        const insert = `INSERT INTO tag (tenant, site, device, name, origin, text, in_force) VALUES ('a/x', 'north', 'pump', $1, 'Real', false, true) RETURNING tag_id`;
        const { rows } = await client.query<{ tag_id: number }>(insert, [name]);
        await client.query(
          `INSERT INTO tag_revision (tag_id, tenant, site, since, kind, data_type, counter) VALUES ($1, 'a/x', 'north', 'epoch', $2, 'Float64', $3)`,
          [rows[0]?.tag_id, kind, kind === 'Counter' ? { rollover: 1000, resets: 'Forbidden' } : null],
        );
        const found = await store.readings.tag(client, { tenant: 'a/x', device: 'pump', name });
        if (found !== undefined) tags.set(name, found);
      }
      const spans = [
        [0, 1.4],
        [1.5, 3.2],
        [3.6, 6],
      ] as const;
      for (const [from, to] of spans) {
        await client.query(`INSERT INTO observed SELECT device_id, false, $1, $2 FROM device`, [
          toTimestamp(START_US + from * HOUR_US),
          toTimestamp(START_US + to * HOUR_US),
        ]);
      }
    });
  });
  afterAll(async () => {
    await store.close();
    await database.drop();
  });

  it('are what the readings say after late, double and bad ones, and the same from sums as from readings', async () => {
    const random = createRandom(7);
    for (let step = 0; step < 30; step += 1) {
      for (const name of tags.keys()) {
        const count = name === 'rare' ? 3 : 150;
        const hour = step % HOURS;
        const samples = Array.from({ length: count }, () => toSample(name, random, random() < 0.8 ? hour : Math.floor(random() * HOURS)));
        if (random() < 0.3) samples.push(samples[0] as Sample); // there is one
        await ingest(name, samples, START_US + (hour + 1) * HOUR_US - 1);
      }
      if (step % 4 === 3) await roll(START_US + Math.floor(random() * HOURS + 1) * HOUR_US);
    }
    await roll();
    for (const name of tags.keys()) await expectExact(name);
    expect(await read(async (client) => (await client.query(`SELECT FROM rollup_mark WHERE level = 'hour'`)).rowCount)).toBe(0);
  });

  it('have no minutes where there are few readings', async () => {
    expect(await summaries('rare', MINUTES)).toEqual([]);
    expect((await summaries('rare', QUARTERS)).length).toBeGreaterThan(0);
  });

  it('see what was committed while they were reckoned, without making the commit wait', async () => {
    let finish = (): void => {};
    const held = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let isOpen = (): void => {};
    const open = new Promise<void>((resolve) => {
      isOpen = resolve;
    });
    const late = { timeUs: START_US + HOUR_US + 61 * S, value: 900, status: 0 };
    await ingest('flow', [{ ...late, value: 1 }], START_US + HOUR_US + MINUTE_US); // a mark for all, which the commit below holds
    const commit = ingest('flow', [late], START_US + HOUR_US + 2 * MINUTE_US, async () => {
      isOpen();
      await held;
    });
    await open;
    await roll();
    finish();
    await commit;
    await roll();
    await expectExact('flow');
  });

  it('are as they were when the process is killed half-way', async () => {
    await ingest('flow', [{ timeUs: START_US + 2 * HOUR_US + 5 * S, value: 77, status: 0 }], END_US);
    const before = await summaries('flow', QUARTERS);
    const readings = {
      ...store.readings,
      async *stream(...args: Parameters<typeof store.readings.stream>) {
        await args[0].query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => {});
        yield* store.readings.stream(...args);
      },
    };
    const deps = { withScope: store.withScope, readings, partitions: store.partitions, nowUs: () => END_US + HOUR_US, log: silent };
    await expect(runRollups(deps, new AbortController().signal)).rejects.toThrow();
    expect(await summaries('flow', QUARTERS)).toEqual(before);
    await roll();
    await expectExact('flow');
  });

  it('of days follow the calendar of the site, also when it changes', async () => {
    await roll(END_US + 60 * HOUR_US);
    const days = await summaries('flow', DAYS);
    const grid = dayGrid({ timezone: 'Asia/Kolkata', dayStart: '00:07' });
    expect(days.length).toBeGreaterThan(0);
    for (const day of days) expect(grid.at(day.fromUs).fromUs).toBe(day.fromUs);
    expect(days.reduce((total, { n }) => total + n, 0)).toBe(samplesOf('flow').filter(isGood).length);
    await read((client) => client.query(`UPDATE site_calendar SET timezone = 'America/New_York', day_start = '06:00'`));
    expect(await sumOfDays('America/New_York', '06:00')).toBe('15m');
    await roll(END_US + 60 * HOUR_US);
    const moved = dayGrid({ timezone: 'America/New_York', dayStart: '06:00' });
    for (const day of await summaries('flow', DAYS)) expect(moved.at(day.fromUs).fromUs).toBe(day.fromUs);
    expect(await sumOfDays('America/New_York', '06:00')).toBe('1d');
  });

  const samplesOf = (name: string): Sample[] =>
    (sent.get(name) ?? []).toSorted((a, b) => a.timeUs - b.timeUs || a.status - b.status || a.value - b.value);
  const sumOfDays = async (timezone: string, dayStart: string): Promise<string> => {
    const grid = dayGrid({ timezone, dayStart });
    const range = { fromUs: grid.at(START_US).fromUs, toUs: grid.at(END_US).toUs };
    const answer = await read((client) =>
      sumRange({ client, readings: store.readings }, tag('flow'), { range, grid, level: '1d', limit: 100 }),
    );
    expect(answer.buckets.reduce((total, { n }) => total + n, 0)).toBe(samplesOf('flow').filter(isGood).length);
    return answer.source;
  };
  const summaries = (name: string, level: typeof MINUTES): Promise<Summary[]> =>
    read(async (client) => {
      const range = { fromUs: START_US - 48 * HOUR_US, toUs: END_US + 48 * HOUR_US };
      const found: Summary[] = [];
      for await (const page of readSummaries(client, level, tag(name).tagId, range)) found.push(...page);
      return found;
    });

  async function expectExact(name: string): Promise<void> {
    const samples = samplesOf(name);
    const stored = await summaries(name, QUARTERS);
    expect(stored.map(simple)).toEqual(reckon(samples, QUARTER_US));
    if (name !== 'rare') expect((await summaries(name, MINUTES)).map(simple)).toEqual(reckon(samples, MINUTE_US));
    for (const [level, lengthUs] of [
      ['15m', QUARTER_US * 2],
      ['1m', MINUTE_US * 5],
    ] as const) {
      const range = { fromUs: START_US + 7 * MINUTE_US + 3 * S, toUs: END_US - 11 * MINUTE_US };
      const ask = (from: 'raw' | '15m' | '1m') =>
        read((client) =>
          sumRange({ client, readings: store.readings }, tag(name), { range, grid: fixedGrid(lengthUs), level: from, limit: 10_000 }),
        );
      const [sums, raw] = [await ask(level), await ask('raw')];
      expect(raw.source).toBe('raw');
      if (name !== 'rare') expect(sums.source).toBe(level);
      expect(sums.buckets.map(close)).toEqual(raw.buckets.map(close));
    }
  }
});

function toSample(name: string, random: () => number, hour: number): Sample {
  const timeUs = START_US + hour * HOUR_US + Math.floor(random() * 3600) * S;
  const value = name === 'valve' ? Math.floor(random() * 3) : Math.floor(random() * 1000);
  return random() < 0.1 ? { timeUs, value: Number.NaN, status: 0x8005 } : { timeUs, value, status: 0 };
}

const isGood = ({ status }: Sample): boolean => status === 0;
const simple = ({ fromUs, n, bad, sum, min, max, first, last }: Summary) => ({ fromUs, n, bad, sum, min, max, first, last });
const close = ({
  fromUs,
  n,
  bad,
  sum,
  min,
  max,
  integral,
  goodMs,
  increase,
  start,
  durations,
}: Summary & { start: number | undefined }) => ({
  ...{ fromUs, n, bad, sum, min, max, increase, integral: Math.round(integral / 1000), goodMs: Math.round(goodMs) },
  start: start?.toFixed(6),
  durations: [...(durations ?? [])].map(([value, ms]) => `${value}: ${Math.round(ms)}`).sort(),
});

/** Counted the plain way. */
function reckon(samples: readonly Sample[], lengthUs: number) {
  const buckets = Map.groupBy(samples, ({ timeUs }) => Math.floor(timeUs / lengthUs) * lengthUs);
  return [...buckets].map(([fromUs, inside]) => {
    const values = inside.filter(isGood).map(({ value }) => value);
    return {
      ...{ fromUs, n: values.length, bad: inside.length - values.length, sum: values.reduce((a, b) => a + b, 0) },
      ...{ min: Math.min(...values), max: Math.max(...values), first: values[0] ?? Number.NaN, last: values.at(-1) ?? Number.NaN },
    };
  });
}

/** A small generator of numbers between 0 and 1: the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4_294_967_296;
  };
}
