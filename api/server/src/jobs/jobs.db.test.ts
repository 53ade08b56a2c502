import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import type { Scope } from '../ports.ts';
import { createStore, type Store } from '../store/create-store.ts';
import type { JobMetrics } from './job-metrics.ts';
import type { JobTask } from './job-task.ts';
import { type Jobs, startJobs, wakeJob } from './start-jobs.ts';

const silent = { info: () => {}, warn: () => {}, error: () => {} };
const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };

describe.each(engines())('jobs on %s', (engine) => {
  let database: TestDatabase;
  let store: Store;
  let admin: pg.Client;
  const running: Jobs[] = [];
  const start = async (tasks: readonly JobTask[], metrics = countMetrics().metrics): Promise<Jobs> => {
    const jobs = await startJobs({ databaseUrl: database.url, withScope: store.withScope, tasks, log: silent, metrics });
    running.push(jobs);
    return jobs;
  };
  const events = async (): Promise<string[]> =>
    store.withScope(everything, async (client) =>
      (await client.query('SELECT kind FROM event ORDER BY event_id')).rows.map(({ kind }) => kind),
    );
  const until = async (isSo: () => boolean | Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  beforeAll(async () => {
    database = await createTestDatabase(engine);
    store = await createStore({ databaseUrl: database.url, log: silent });
    admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query(`INSERT INTO site_model (tenant, site, revision, body) VALUES ('a/x', 'north', 'r', '')`);
  });
  afterEach(async () => {
    for (const jobs of running.splice(0)) await jobs.stop();
    await admin.query('DELETE FROM event; DELETE FROM job_run');
  });
  afterAll(async () => {
    await admin.end();
    await store.close();
    await database.drop();
  });

  it('run when they start and when a transaction that asks for them is committed', async () => {
    const { task, runs } = createTask('often');
    await start([task]);
    await until(() => runs.length === 1);
    await store.withScope(everything, async (client) => {
      await wakeJob(client, 'often');
      await wakeJob(client, 'no-such-job');
      await client.query('SELECT pg_sleep(0.1)');
      expect(runs).toHaveLength(1);
    });
    await until(() => runs.length === 2);
  });

  it('run once at a time over all processes, and again for who asked while they ran', async () => {
    let inside = 0;
    let most = 0;
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { task, runs } = createTask('long', async () => {
      inside += 1;
      most = Math.max(most, inside);
      if (runs.length === 1) await held;
      inside -= 1;
    });
    const [one, other] = [await start([task]), await start([task])];
    await until(() => runs.length === 1);
    await other.wake('long');
    await one.wake('long');
    await until(async () => (await jobsWaiting()) > 0);
    expect(runs).toHaveLength(1);
    release();
    await until(() => runs.length >= 2);
    expect(most).toBe(1);
  });

  const jobsWaiting = async (): Promise<number> =>
    (await admin.query('SELECT count(*)::int AS n FROM graphile_worker._private_jobs WHERE locked_at IS NULL AND run_at > now()')).rows[0]
      .n;

  it('tell of a failure once, and of its end, in events, in their row and in metrics', async () => {
    const { metrics, counts } = countMetrics();
    let fails = true;
    const { task, runs } = createTask('flaky', async ({ done }) => {
      done(3);
      if (fails) throw new Error('the disk is full');
    });
    const jobs = await start([task], metrics);
    await until(async () => (await events()).length === 1);
    await jobs.wake('flaky');
    await until(() => runs.length === 2);
    const failed = await admin.query('SELECT failure, progress FROM job_run');
    expect(failed.rows[0].failure).toBe('the disk is full');
    fails = false;
    await jobs.wake('flaky');
    await until(async () => (await events()).length === 2);
    expect(await events()).toEqual(['JobFailed', 'JobRecovered']);
    const recovered = await admin.query('SELECT failure, progress, ended_at IS NOT NULL AS ended FROM job_run');
    expect(recovered.rows).toEqual([{ failure: null, progress: '3 things', ended: true }]);
    expect(counts).toEqual({ started: 3, failed: 2, done: 1, items: 9 });
  });

  it('go on after every connection of theirs was killed, and tell a running one to end', async () => {
    const told: unknown[] = [];
    const { task, runs } = createTask('kept', ({ signal }) =>
      runs.length > 1
        ? Promise.resolve()
        : new Promise<void>((resolve) => {
            signal.addEventListener('abort', () => {
              told.push(signal.reason);
              resolve();
            });
          }),
    );
    await start([task]);
    await until(() => runs.length === 1);
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'kubeplant jobs%' AND datname = $1`,
      [database.name],
    );
    await until(() => told.length === 1);
    await until(async () => {
      await store.withScope(everything, (client) => wakeJob(client, 'kept'));
      await new Promise((resolve) => setTimeout(resolve, 200));
      return runs.length > 1;
    });
  });

  it('are told to end when the process stops, which is no failure', async () => {
    const { task, runs } = createTask(
      'endless',
      ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    );
    const jobs = await start([task]);
    await until(() => runs.length === 1);
    await jobs.stop();
    running.pop();
    expect((await admin.query('SELECT failure, ended_at FROM job_run')).rows).toEqual([{ failure: null, ended_at: null }]);
  });
});

function createTask(name: string, work: JobTask['run'] = async () => {}): { readonly task: JobTask; readonly runs: number[] } {
  const runs: number[] = [];
  const task: JobTask = {
    ...{ name, everyMs: 3_600_000, unit: 'things' },
    run: async (run) => {
      runs.push(Date.now());
      await work(run);
    },
  };
  return { task, runs };
}

function countMetrics(): { readonly metrics: JobMetrics; readonly counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  const add = (name: string, count: number): void => {
    counts[name] = (counts[name] ?? 0) + count;
  };
  return {
    counts,
    metrics: { started: () => add('started', 1), done: (_, count) => add('items', count), ended: (_, outcome) => add(outcome, 1) },
  };
}
