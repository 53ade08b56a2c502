import {
  ConfigError,
  createLogger,
  createStopper,
  type Logger,
  logProcessWarnings,
  readConfig,
  startProbes,
  startTelemetry,
} from '@kubeplant/kit';
import manifest from '../package.json' with { type: 'json' };
import { createSimulator, type ListenerEndpoints } from './create-simulator.ts';
import { parseSimulatorConfig } from './parse-simulator-config.ts';
import { SIMULATOR_SETTINGS, type SimulatorSettings } from './simulator-settings.ts';
import { watchConfigFile } from './watch-config-file.ts';

const STOP_TIMEOUT_MS = 5_000;
const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

/** The process of a simulator. Resolves when it runs; exits with 2 when the environment does not fit and with 1 when it cannot start. */
export async function runSimulatorMain(env: NodeJS.ProcessEnv): Promise<void> {
  let log = createLogger({ name: 'simulator' });
  try {
    const settings = readConfig(SIMULATOR_SETTINGS, env);
    log = createLogger({ name: 'simulator', level: settings.logLevel });
    logProcessWarnings(log);
    await run(settings, log);
  } catch (error) {
    if (error instanceof ConfigError) log.fatal(error.message);
    else log.fatal({ err: error }, 'the simulator cannot start');
    process.exit(error instanceof ConfigError ? EXIT_USAGE : EXIT_FAILED);
  }
}

async function run(settings: SimulatorSettings, log: Logger): Promise<void> {
  const stopper = createStopper({ log, timeoutMs: STOP_TIMEOUT_MS });
  const telemetry = startTelemetry({ service: 'kubeplant-simulator', version: manifest.version });
  stopper.onStop('telemetry', () => telemetry.shutdown());
  const simulator = createSimulator({ host: settings.host, log, setTicker });
  stopper.onStop('simulator', () => simulator.close());

  let refused: string | undefined = 'not read yet';
  let listeners: ListenerEndpoints = {};
  let isReady = false;
  const take = async (bytes: Uint8Array) => {
    const parsed = parseSimulatorConfig(bytes);
    if (parsed.kind === 'malformed') {
      refused = `${settings.configFile} ${parsed.reason}`;
      log.error({ file: settings.configFile, reason: parsed.reason }, 'configuration is not taken; the one before stays in force');
      return;
    }
    refused = undefined;
    listeners = await simulator.apply(parsed.config);
    if (isReady) process.send?.({ type: 'listening', listeners });
  };
  stopper.onStop('watch', await watchConfigFile(settings.configFile, take));

  const probes = await startProbes({
    host: settings.probeHost,
    port: settings.probePort,
    checks: { configuration: () => refused, listeners: () => simulator.problem() },
    metricsText: () => telemetry.metricsText(),
  });
  stopper.onStop('probes', () => probes.close());
  isReady = true;
  process.send?.({ type: 'ready', ports: { probe: probes.port }, listeners });
}

function setTicker(intervalMs: number, fn: () => void): () => void {
  const timer = setInterval(fn, intervalMs);
  return () => clearInterval(timer);
}
