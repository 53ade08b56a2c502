import { ConfigError, createLogger, createStopper, logProcessWarnings, preferSmallHeap, readConfig, tellReady } from '@kubeplant/kit';
import { API_SETTINGS, JOBS_SETTINGS } from './api-settings.ts';
import { DatabaseError } from './store/database-error.ts';

const exitFailed = 1;
const exitUsage = 2;

/** The api process: owns sites, takes readings, serves the operator, the console and everybody else; or does the jobs alone. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  let name = 'api';
  let log = createLogger({ name });
  try {
    const { roles } = readConfig({ roles: API_SETTINGS.roles }, env);
    if (roles.length === 0) throw new ConfigError(['KUBEPLANT_ROLES names no role: leave it unset for ingest,http,jobs']);
    if (roles.includes('http') && !roles.includes('ingest'))
      throw new ConfigError(['KUBEPLANT_ROLES has http and no ingest: http has no sites to serve then; write ingest,http']);
    const jobsOnly = roles.every((role) => role === 'jobs');
    if (jobsOnly) {
      name = 'jobs';
      preferSmallHeap(); // it makes files and sums, and nobody waits for it
    }
    const common = readConfig(jobsOnly ? JOBS_SETTINGS : API_SETTINGS, env);
    log = createLogger({ name, level: common.logLevel });
    logProcessWarnings(log);
    const stopper = createStopper({ log, timeoutMs: 10_000 });
    // Loaded on demand: a process for jobs alone needs a third of the code.
    const ports = jobsOnly
      ? await (await import('./run-jobs.ts')).runJobs({ settings: common, log, stopper })
      : await (await import('./run-api.ts')).runApi({ settings: readConfig(API_SETTINGS, env), log, stopper });
    log.info({ ports, roles, replica: common.replica }, 'started');
    tellReady(ports);
  } catch (error) {
    const explained = error instanceof ConfigError || error instanceof DatabaseError;
    if (explained) log.fatal(error.message);
    else log.fatal({ err: error }, `the ${name} cannot start`);
    // What is wrong with the environment is not mended by another attempt; a database that is away may come.
    process.exit(explained && error.code !== 'unreachable' ? exitUsage : exitFailed);
  }
}

await main(process.env);
