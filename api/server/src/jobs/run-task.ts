import type pg from 'pg';
import type { StoreLog } from '../store/store-log.ts';
import type { JobMetrics } from './job-metrics.ts';
import type { JobRuns } from './job-runs.ts';
import type { JobTask } from './job-task.ts';

interface Deps {
  readonly login: Pick<pg.Pool, 'connect'>;
  readonly runs: JobRuns;
  readonly metrics: JobMetrics;
  readonly log: StoreLog;
  readonly signal: AbortSignal;
}

/** First half of the keys of advisory locks that keep a job from running twice. */
const LOCK = 7_201_003;
const PROGRESS_MS = 5_000;

/**
 * Run a task unless it runs already, here or in another process. The lock ends with its connection: a killed process
 * holds up nobody, and a task whose lock is lost is told to end.
 */
export async function runTask(deps: Deps, task: JobTask): Promise<'ran' | 'busy'> {
  const client = await deps.login.connect();
  const lost = new AbortController();
  const onError = (error: Error): void => lost.abort(error);
  client.on('error', onError);
  try {
    const lock = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock($1, hashtext($2)) AS taken', [LOCK, task.name]);
    if (lock.rows[0]?.taken !== true) return 'busy';
    await runLocked(deps, task, lost.signal);
    if (!lost.signal.aborted) await client.query('SELECT pg_advisory_unlock($1, hashtext($2))', [LOCK, task.name]);
    return 'ran';
  } finally {
    client.off('error', onError);
    client.release(lost.signal.aborted);
  }
}

async function runLocked({ runs, metrics, log, signal }: Deps, task: JobTask, lost: AbortSignal): Promise<void> {
  const { name, unit } = task;
  const startMs = performance.now();
  let items = 0;
  const done = (count: number): void => {
    items += count;
    metrics.done(name, count);
  };
  const tellProgress = (): Promise<void> =>
    runs.progress(name, `${items} ${unit}`).catch((error: unknown) => log.warn({ err: error, job: name }, 'progress could not be written'));
  metrics.started(name);
  const timer = setInterval(() => void tellProgress(), PROGRESS_MS);
  let outcome: 'done' | 'failed' | 'stopped' = 'failed';
  try {
    await runs.started(name);
    await task.run({ signal: AbortSignal.any([signal, lost]), done });
    lost.throwIfAborted();
    if (signal.aborted) {
      outcome = 'stopped';
      return;
    }
    outcome = 'done';
    if (items > 0) {
      await tellProgress();
      log.info({ job: name, [unit]: items, durationMs: Math.round(performance.now() - startMs) }, 'job done');
    }
    await runs.ended(name, undefined);
  } catch (error) {
    if (signal.aborted) {
      outcome = 'stopped';
      return;
    }
    outcome = 'failed';
    log.error({ err: error, job: name }, 'job failed; it is tried again when it is due');
    await runs.ended(name, error instanceof Error ? error.message : String(error));
  } finally {
    clearInterval(timer);
    metrics.ended(name, outcome, performance.now() - startMs);
  }
}
