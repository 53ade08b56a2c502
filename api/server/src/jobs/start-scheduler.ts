import { setTimeout as sleep } from 'node:timers/promises';
import { Logger, parseCronItems, type Runner, run } from 'graphile-worker';
import type pg from 'pg';
import type { StoreLog } from '../store/store-log.ts';
import { type JobTask, toCron } from './job-task.ts';

interface Deps {
  readonly login: pg.Pool;
  readonly tasks: readonly JobTask[];
  /** Runs one task; a rejection is logged, and the task is tried again when it is due. */
  readonly runOne: (task: JobTask) => Promise<void>;
  readonly signal: AbortSignal;
  readonly log: StoreLog;
}

/** The scheduler ends when it cannot go on; it is started again after this. */
const AGAIN_MS = 2_000;

/** Run tasks when they are due or queued, each in a slot of its own. Rejects when the scheduler's tables cannot be made. */
export async function startScheduler(deps: Deps): Promise<{ stop(): Promise<void> }> {
  const { signal, log } = deps;
  let runner: Runner | undefined = await schedule(deps);
  const going = (async () => {
    while (!signal.aborted) {
      const error = await runner?.promise.catch((failed: unknown) => failed);
      runner = undefined;
      if (signal.aborted) return;
      log.warn({ err: error }, 'the scheduler of jobs ended; it is started again');
      await sleep(AGAIN_MS, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      runner = await schedule(deps).catch((failed: unknown) => {
        log.warn({ err: failed }, 'the scheduler of jobs could not be started');
        return undefined;
      });
    }
  })();
  return {
    stop: async () => {
      await runner?.stop().catch(() => {}); // it may be ending by itself
      await going;
    },
  };
}

/** Queue a task. One waiting job for each: the key makes a second one the same. */
export async function addJob(login: Pick<pg.Pool, 'query'>, name: string, inMs = 0): Promise<void> {
  const runAt = `now() + interval '1 millisecond' * $2::float8`;
  const text = `SELECT FROM graphile_worker.add_job($1::text, job_key => $1::text, max_attempts => 1, run_at => ${runAt}, job_key_mode => 'replace')`;
  await login.query(text, [name, inMs]);
}

const schedule = ({ login, tasks, runOne, signal, log }: Deps): Promise<Runner> =>
  run({
    pgPool: login,
    concurrency: tasks.length,
    noHandleSignals: true,
    noPreparedStatements: true,
    // Without this a connection that is lost at the end of a job is an unhandled rejection in the scheduler.
    preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
    logger: toLogger(log),
    taskList: Object.fromEntries(tasks.map((task) => [task.name, () => runQuietly(task, { runOne, signal, log })])),
    parsedCronItems: parseCronItems(
      tasks.map(({ name, everyMs }) => ({
        task: name,
        match: toCron(everyMs, name),
        options: { backfillPeriod: 0, maxAttempts: 1, jobKey: name },
      })),
    ),
  });

async function runQuietly(task: JobTask, { runOne, signal, log }: Pick<Deps, 'runOne' | 'signal' | 'log'>): Promise<void> {
  try {
    await runOne(task);
  } catch (error) {
    if (!signal.aborted) log.error({ err: error, job: task.name }, 'a job could not be run; it is tried again when it is due');
  }
}

/** What the scheduler says, without its daily chatter. */
const toLogger = (log: StoreLog): Logger =>
  new Logger(() => (level, message, meta) => {
    const fields = meta?.error === undefined ? {} : { err: meta.error };
    if (level === 'error') log.error(fields, message);
    else if (level === 'warning') log.warn(fields, message);
  });
