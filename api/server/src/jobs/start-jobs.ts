import pg from 'pg';
import type { ScopedClient, WithScope } from '../ports.ts';
import { addressOf, explainDatabaseError } from '../store/database-error.ts';
import type { StoreLog } from '../store/store-log.ts';
import type { JobMetrics } from './job-metrics.ts';
import { createJobRuns } from './job-runs.ts';
import type { JobTask } from './job-task.ts';
import { listenForWakes } from './listen-for-wakes.ts';
import { runTask } from './run-task.ts';
import { addJob, startScheduler } from './start-scheduler.ts';

interface Deps {
  /** Of the login that owns the tables: jobs make, empty and drop partitions. */
  readonly databaseUrl: string;
  readonly withScope: WithScope;
  readonly tasks: readonly JobTask[];
  readonly log: StoreLog;
  readonly metrics: JobMetrics;
}

/** The jobs of this process. */
export interface Jobs {
  /** Run a task as soon as may be; several calls before it begins are one. */
  wake(name: string): Promise<void>;
  /** Tells running tasks to end and waits for them. */
  stop(): Promise<void>;
}

/** Channel on which jobs are asked for. */
const CHANNEL = 'kubeplant_job';
/** When a task runs already it is looked at again after this: what it was woken for may have come too late for that run. */
const BUSY_MS = 1_000;

/** Run all tasks when they are due, beginning now. Rejects when the database cannot be reached or the scheduler's tables cannot be made. */
export async function startJobs(deps: Deps): Promise<Jobs> {
  const { databaseUrl, withScope, tasks, log, metrics } = deps;
  // For each task one connection for its lock and one for what it tells, and the scheduler's own.
  const login = openPool(databaseUrl, log, tasks.length * 2 + 4);
  const stopping = new AbortController();
  const { signal } = stopping;
  const each = { login, runs: createJobRuns({ login, withScope }), metrics, log, signal };
  const runOne = async (task: JobTask): Promise<void> => {
    if ((await runTask(each, task)) === 'busy' && !signal.aborted) await addJob(login, task.name, BUSY_MS);
  };
  const scheduler = await startScheduler({ login, tasks, runOne, signal, log }).catch(async (error: unknown) => {
    await login.end();
    throw explainDatabaseError(error, addressOf(new pg.Client({ connectionString: databaseUrl })));
  });
  for (const { name } of tasks) await addJob(login, name);
  const onWake = async (name: string): Promise<void> => {
    if (tasks.some((task) => task.name === name)) await addJob(login, name);
  };
  const listening = listenForWakes({ databaseUrl, channel: CHANNEL, log, signal, onWake });
  return {
    wake: (name) => addJob(login, name),
    stop: async () => {
      stopping.abort();
      await listening;
      await scheduler.stop();
      await login.end();
    },
  };
}

/** Ask the jobs process, whichever it is, to run a task when this transaction is committed. */
export const wakeJob = async (client: ScopedClient, name: string): Promise<void> => {
  await client.query('SELECT pg_notify($1, $2)', [CHANNEL, name]);
};

function openPool(databaseUrl: string, log: StoreLog, max: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    options: '-c timezone=UTC',
    application_name: 'kubeplant jobs',
    max,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  pool.on('connect', (client) => client.on('error', () => {})); // while it is in use its query rejects
  pool.on('error', (error) => log.warn({ err: error }, 'an idle database connection of the jobs was lost'));
  return pool;
}
