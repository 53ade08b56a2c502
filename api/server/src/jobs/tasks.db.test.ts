import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import type { Scope, TagId } from '../ports.ts';
import { CopyRows } from '../store/copy-encoder.ts';
import { copyInto } from '../store/copy-into.ts';
import { createStore, type Store } from '../store/create-store.ts';
import { toTimestamp } from '../store/micros.ts';
import { markHistory } from '../store/rollups/mark-history.ts';
import { createTasks } from './create-tasks.ts';
import { type Jobs, startJobs } from './start-jobs.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };
const place = { tenant: 'a/x', site: 'north' };
const HOUR_US = 3_600_000_000;
/** Berlin's days of 25 hours, 26 October 2025, and of 23 hours, 30 March 2025. */
const AUTUMN_US = Date.parse('2025-10-25T22:00:00Z') * 1000;
const SPRING_US = Date.parse('2025-03-29T23:00:00Z') * 1000;
const NOW_US = Date.parse('2025-11-05T00:00:00Z') * 1000;
const STEP_US = 120_000_000;

describe.each(engines())('the tasks of the store on %s', (engine) => {
  let database: TestDatabase;
  let store: Store;
  let admin: pg.Client;
  const tags: TagId[] = [];
  const running: { readonly jobs: Jobs; readonly store: Store }[] = [];
  const outcomes: string[] = [];
  let inserted = 0;

  /** As a process of its own: with its own connections. */
  const start = async (): Promise<Jobs> => {
    const own = await createStore({ databaseUrl: database.url, log: silent });
    const tasks = createTasks({
      ...{ databaseUrl: database.url, store: own, log: silent, nowUs: () => NOW_US, packAfterMs: 26 * 3_600_000 },
      keptDays: { short: 34, standard: 730, long: 7300 },
    });
    const metrics = { started: () => {}, done: () => {}, ended: (job: string, outcome: string) => void outcomes.push(`${job} ${outcome}`) };
    const jobs = await startJobs({ databaseUrl: database.url, withScope: own.withScope, tasks, log: silent, metrics });
    running.push({ jobs, store: own });
    return jobs;
  };
  const ingest = async (times: readonly number[]): Promise<void> => {
    const rows = new CopyRows(times.length * tags.length);
    for (const timeUs of times) for (const tagId of tags) rows.number(tagId, timeUs, tagId, 0, 0, 0);
    const [fromUs, untilUs] = [times[0] ?? 0, times.at(-1) ?? 0];
    await store.partitions.ensure(fromUs, untilUs);
    await store.withOwnerScope(everything, async (client) => {
      await copyInto(client, 'reading', [rows.bytes()]);
      await markHistory(client, place, { nowUs: fromUs, rows: [{ parts: [rows.bytes()], fromUs, untilUs }], grown: [] });
    });
    inserted += times.length * tags.length;
  };
  const from = (startUs: number, hours: number): number[] =>
    Array.from({ length: (hours * HOUR_US) / STEP_US }, (_, at) => startUs + at * STEP_US);
  const numbers = async (sql: string): Promise<number[]> =>
    (await admin.query({ text: sql, rowMode: 'array' })).rows.map(([n]) => Number(n));
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const left = async (): Promise<number> =>
    (await numbers(`SELECT count(*) FROM reading UNION ALL SELECT count(*) FROM rollup_mark WHERE time < '2025-11-03'`)).reduce(
      (a, b) => a + b,
    );
  const finish = async (jobs: Jobs): Promise<void> =>
    until(async () => {
      for (const name of ['packing', 'rollups', 'retention', 'partitions']) await jobs.wake(name).catch(() => {}); // its connection may just have been killed
      await new Promise((resolve) => setTimeout(resolve, 100));
      return (await left()) === 0;
    });
  const expectEachOnce = async (): Promise<void> => {
    expect(await numbers('SELECT sum(n) FROM reading_sealed')).toEqual([inserted]);
    expect(await numbers('SELECT sum(n) FROM rollup_1d')).toEqual([inserted]);
    expect(await numbers('SELECT sum(n) FROM rollup_15m')).toEqual([inserted]);
  };

  beforeAll(async () => {
    database = await createTestDatabase(engine);
    store = await createStore({ databaseUrl: database.url, log: silent });
    admin = new pg.Client({ connectionString: database.adminUrl, options: '-c timezone=UTC' });
    await admin.connect();
  });
  afterEach(async () => {
    for (const { jobs, store: own } of running.splice(0)) {
      await jobs.stop();
      await own.close();
    }
  });
  afterAll(async () => {
    await admin.end();
    await store.close();
    await database.drop();
  });

  it('are done at once in an empty database, by two processes that start together', async () => {
    await Promise.all([start(), start()]);
    const names = ['packing', 'partitions', 'retention', 'rollups'];
    await until(async () => names.every((name) => outcomes.includes(`${name} done`)));
    expect(outcomes.filter((outcome) => !outcome.endsWith(' done'))).toEqual([]);
  });

  it('pack and sum up each reading once, by two processes whose connections are killed again and again', async () => {
    await admin.query(`INSERT INTO device (tenant, site, name, uid, revision) VALUES ('a/x', 'north', 'pump', 'u', 'r');
      INSERT INTO site_calendar (tenant, site, timezone, day_start) VALUES ('a/x', 'north', 'Europe/Berlin', '00:00')`);
    for (const name of ['flow', 'level']) {
      const insert = `INSERT INTO tag (tenant, site, device, name, origin, text, in_force) VALUES ('a/x', 'north', 'pump', $1, 'Real', false, true) RETURNING tag_id`;
      tags.push((await admin.query(insert, [name])).rows[0].tag_id);
    }
    await ingest(from(AUTUMN_US, 25));
    await ingest(from(SPRING_US, 23));
    const both = [await start(), await start()];
    let killed = 0;
    for (let round = 0; round < 2; round += 1) {
      const before = await left();
      await until(async () => {
        for (const jobs of both) await jobs.wake(round % 2 === 0 ? 'packing' : 'rollups').catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 30));
        const now = await left();
        return now < before || now === 0;
      });
      const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'kubeplant%' AND datname = $1`;
      killed += (await admin.query(kill, [database.name])).rowCount ?? 0;
    }
    expect(killed).toBeGreaterThan(2);
    await finish(both[0] as Jobs);
    await expectEachOnce();
  }, 120_000);

  it('count the days of 25 and 23 hours as the site has them', async () => {
    const days = await numbers(`SELECT sum(n) FROM rollup_1d GROUP BY time ORDER BY time`);
    const perHour = 30 * tags.length;
    expect(days).toEqual([23, 25].map((hours) => hours * perHour));
  });

  it('pack and sum up what comes late after that, and leave what is too young', async () => {
    await ingest([SPRING_US + HOUR_US, SPRING_US + HOUR_US]);
    await ingest([AUTUMN_US + 20 * HOUR_US + 1]);
    await finish(await start());
    await expectEachOnce();
    const young = NOW_US - 23 * HOUR_US;
    await ingest([young]);
    inserted -= tags.length;
    const [jobs] = [await start()];
    outcomes.length = 0;
    for (const name of ['packing', 'retention']) await jobs.wake(name);
    await until(async () => outcomes.filter((one) => /^(packing|retention) done/.test(one)).length >= 2);
    expect(await numbers('SELECT count(*) FROM reading')).toEqual([tags.length]);
    expect(await numbers('SELECT sum(n) FROM reading_sealed')).toEqual([inserted]);
    expect(await numbers(`SELECT count(*) FROM reading WHERE time = '${toTimestamp(young)}'`)).toEqual([tags.length]);
  });
});
