import { type Logger, type Meter, type ReadyPorts, type Stopper, startProbes, startTelemetry } from '@kubeplant/kit';
import manifest from '../package.json' with { type: 'json' };
import type { JobsSettings } from './api-settings.ts';
import { createDatabaseCheck } from './database-check.ts';
import { createJobMetrics } from './jobs/job-metrics.ts';
import { createTasks } from './jobs/create-tasks.ts';
import { startJobs } from './jobs/start-jobs.ts';
import { createStore, type Store } from './store/create-store.ts';
import { migrate } from './store/migrate.ts';

interface RunDeps {
  readonly settings: JobsSettings;
  readonly log: Logger;
  readonly stopper: Stopper;
}

/** A process that has jobs alone to do. Returns where it listens. */
export async function runJobs(deps: RunDeps): Promise<ReadyPorts> {
  const { settings, log, stopper } = deps;
  const telemetry = startTelemetry({ service: 'kubeplant-jobs', version: manifest.version });
  stopper.onStop('telemetry', () => telemetry.shutdown());
  await migrate(settings.databaseUrl, log);
  const store = await createStore({ databaseUrl: settings.databaseUrl, log });
  stopper.onStop('database', () => store.close());
  const check = createDatabaseCheck(store.pool);
  stopper.onStop('database check', () => check.stop());
  await startJobsRole(deps, { store, meter: telemetry.meter });
  const probes = await startProbes({
    host: settings.probeHost,
    port: settings.probePort,
    checks: { database: check.problem },
    metricsText: () => telemetry.metricsText(),
  });
  stopper.onStop('probes', () => probes.close());
  return { probe: probes.port };
}

/** Do the jobs in this process until it stops. */
export async function startJobsRole(
  { settings, log, stopper }: RunDeps,
  { store, meter }: { readonly store: Store; readonly meter: Meter },
): Promise<void> {
  const { databaseUrl, packAfter, keepShort, keepStandard, keepLong } = settings;
  const tasks = createTasks({
    ...{ databaseUrl, store, log, nowUs: () => Date.now() * 1000, packAfterMs: packAfter },
    keptDays: { short: keepShort, standard: keepStandard, long: keepLong },
  });
  const jobs = await startJobs({ databaseUrl, withScope: store.withScope, tasks, log, metrics: createJobMetrics(meter) });
  stopper.onStop('jobs', () => jobs.stop());
}
