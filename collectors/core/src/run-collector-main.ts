import {
  ConfigError,
  createLogger,
  createStopper,
  type Logger,
  logProcessWarnings,
  preferSmallHeap,
  readConfig,
  startProbes,
  startTelemetry,
  tellReady,
} from '@kubeplant/kit';
import manifest from '../package.json' with { type: 'json' };
import { COLLECTOR_SETTINGS, type CollectorSettings } from './collector-settings.ts';
import { createClock } from './create-clock.ts';
import type { Driver } from './driver.ts';
import { runCollector } from './run-collector.ts';

/** Time a stop may take: the longest drain that can be configured, and what closing takes. */
const STOP_WITHIN_MS = 605_000;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/**
 * The process of a collector: settings from `env`, logs on stderr, probes and metrics, graceful stop. Resolves when it
 * runs; exits with 2 when the environment does not fit and with 1 when it cannot start.
 */
export async function runCollectorMain(driver: Driver, env: NodeJS.ProcessEnv = process.env): Promise<void> {
  preferSmallHeap();
  let log = createLogger({ name: 'collector' });
  try {
    const settings = readConfig(COLLECTOR_SETTINGS, env);
    log = createLogger({ name: 'collector', level: settings.logLevel });
    logProcessWarnings(log);
    await run(driver, settings, log);
  } catch (error) {
    if (error instanceof ConfigError) log.fatal(error.message);
    else log.fatal({ err: error }, 'the collector cannot start');
    process.exit(error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILED);
  }
}

async function run(driver: Driver, settings: CollectorSettings, log: Logger): Promise<void> {
  const { version } = manifest;
  const stopper = createStopper({ log, timeoutMs: STOP_WITHIN_MS });
  const telemetry = startTelemetry({ service: 'kubeplant-collector', version });
  stopper.onStop('telemetry', () => telemetry.shutdown());
  const collector = runCollector({ driver, settings, version, clock: createClock(), log, telemetry });
  const probes = await startProbes({
    host: settings.probeHost,
    port: settings.probePort,
    checks: { configuration: () => collector.notReady() },
    metricsText: () => telemetry.metricsText(),
  });
  stopper.onStop('probes', () => probes.close());
  stopper.onStop('collector', async () => void (await collector.stop(settings.drainTimeoutMs)));
  log.info({ protocol: driver.protocol, version, probePort: probes.port }, 'collector started');
  tellReady({ probe: probes.port });
}
