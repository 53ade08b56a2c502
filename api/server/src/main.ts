import { ConfigError, createLogger, createStopper, logProcessWarnings, readConfig, tellReady } from '@kubeplant/kit';
import { API_SETTINGS } from './api-settings.ts';
import { runApi } from './run-api.ts';
import { DatabaseError } from './store/database-error.ts';

const exitFailed = 1;
const exitUsage = 2;

/** The api process: owns sites, takes readings, serves the operator, the console and everybody else. */
async function main(env: NodeJS.ProcessEnv): Promise<void> {
  let log = createLogger({ name: 'api' });
  try {
    const settings = readConfig(API_SETTINGS, env);
    if (!settings.roles.includes('ingest'))
      throw new ConfigError(['KUBEPLANT_ROLES has no ingest: http alone has no sites to serve; write ingest,http']);
    log = createLogger({ name: 'api', level: settings.logLevel });
    logProcessWarnings(log);
    const stopper = createStopper({ log, timeoutMs: 10_000 });
    const ports = await runApi({ settings, log, stopper });
    log.info({ ports, cluster: settings.cluster, replica: settings.replica }, 'api started');
    tellReady(ports);
  } catch (error) {
    const explained = error instanceof ConfigError || error instanceof DatabaseError;
    if (explained) log.fatal(error.message);
    else log.fatal({ err: error }, 'the api cannot start');
    // What is wrong with the environment is not mended by another attempt; a database that is away may come.
    process.exit(explained && error.code !== 'unreachable' ? exitUsage : exitFailed);
  }
}

await main(process.env);
