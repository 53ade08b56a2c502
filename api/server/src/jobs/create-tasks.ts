import type { HistoryClass } from '@kubeplant/crds/model';
import pg from 'pg';
import { EXPORT_LIMITS } from '../exports/export-limits.ts';
import { EXPORTS_JOB, runExports } from '../exports/run-exports.ts';
import { ensureAhead, type Store } from '../store/create-store.ts';
import { deleteExpired } from '../store/delete-expired.ts';
import { dropExpired } from '../store/drop-expired.ts';
import { packHistory } from '../store/packing/pack-history.ts';
import { runRollups } from '../store/rollups/run-rollups.ts';
import type { StoreLog } from '../store/store-log.ts';
import type { JobRun, JobTask } from './job-task.ts';

interface Deps {
  readonly databaseUrl: string;
  readonly store: Store;
  readonly log: StoreLog;
  readonly nowUs: () => number;
  readonly keptDays: Readonly<Record<HistoryClass, number>>;
  readonly packAfterMs: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** What keeps the store in order, and what users asked for. */
export function createTasks(deps: Deps): readonly JobTask[] {
  return [
    { name: 'partitions', everyMs: HOUR_MS, unit: 'partitions', run: () => ensureAhead(deps.store.partitions, deps.nowUs()) },
    { name: 'packing', everyMs: HOUR_MS, unit: 'readings', run: (run) => pack(deps, run) },
    { name: 'retention', everyMs: HOUR_MS, unit: 'partitions and rows', run: (run) => expire(deps, run) },
    { name: EXPORTS_JOB, everyMs: MINUTE_MS, unit: 'readings', run: (run) => writeExports(deps, run) },
    { name: 'rollups', everyMs: MINUTE_MS, unit: 'hours and days of sites', run: (run) => rollUp(deps, run) },
  ];
}

async function pack(deps: Deps, { signal, done }: JobRun): Promise<void> {
  const { nowUs, packAfterMs } = deps;
  const { layout, partitions } = deps.store;
  await withLogin(deps, (client) =>
    packHistory({ client, layout, partitions, nowUs, packAfterUs: packAfterMs * 1000, onProgress: done, signal }),
  );
}

async function expire(deps: Deps, { signal, done }: JobRun): Promise<void> {
  const { store, nowUs, keptDays, log } = deps;
  const { withScope, layout, partitions } = store;
  await withLogin(deps, (client) => dropExpired({ client, layout, partitions, nowUs: nowUs(), keptDays, signal, done, log }));
  await deleteExpired({ withScope, nowUs: nowUs(), readingDays: Math.max(...Object.values(keptDays)), signal, done });
}

async function rollUp({ store, nowUs, log }: Deps, { signal, done }: JobRun): Promise<void> {
  const { withScope, readings, partitions } = store;
  await runRollups({ withScope, readings, partitions, nowUs, log, done }, signal);
}

function writeExports({ store, nowUs, log }: Deps, run: JobRun): Promise<void> {
  const { withScope, readings } = store;
  return runExports({ withScope, readings, log, limits: EXPORT_LIMITS, now: () => nowUs() / 1000 }, run);
}

/** A connection of the login; it ends with the work, and with it whatever was left undone. */
async function withLogin<T>({ databaseUrl, log }: Deps, run: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    options: '-c timezone=UTC',
    application_name: 'kubeplant store jobs',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  client.on('error', (error) => log.warn({ err: error }, 'connection lost while keeping the store in order'));
  await client.connect();
  try {
    return await run(client);
  } finally {
    await client.end();
  }
}
