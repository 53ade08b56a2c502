import { createLogger, createStopper, readConfig, startProbes, startTelemetry } from '@kubeplant/kit';
import { createSimulator, type ListenerEndpoints } from './create-simulator.ts';
import { parseSimulatorConfig } from './parse-simulator-config.ts';
import { simulatorConfig } from './simulator-config.ts';
import { watchConfigFile } from './watch-config-file.ts';

const STOP_TIMEOUT_MS = 5_000;

const config = readConfig(simulatorConfig, process.env);
const log = createLogger({ name: 'simulator', level: config.logLevel });
const stopper = createStopper({ log, timeoutMs: STOP_TIMEOUT_MS });
const telemetry = startTelemetry({ service: 'kubeplant-simulator', version: '0.1.0' });
stopper.onStop('telemetry', () => telemetry.shutdown());

const simulator = createSimulator({
  host: config.host,
  log,
  setTicker: (intervalMs, fn) => {
    const timer = setInterval(fn, intervalMs);
    return () => clearInterval(timer);
  },
});
stopper.onStop('simulator', () => simulator.close());

let rejected: string | undefined = 'not read yet';
let listeners: ListenerEndpoints = {};
let isReady = false;
const stopWatching = await watchConfigFile(config.configFile, async (bytes) => {
  const parsed = parseSimulatorConfig(bytes);
  if (parsed.kind === 'malformed') {
    rejected = `${config.configFile} ${parsed.reason}`;
    log.error({ file: config.configFile, reason: parsed.reason }, 'configuration is not taken; the one before stays in force');
    return;
  }
  rejected = undefined;
  listeners = await simulator.apply(parsed.config);
  if (isReady) process.send?.({ type: 'listening', listeners });
});
stopper.onStop('watch', stopWatching);

const probes = await startProbes({
  host: config.probeHost,
  port: config.probePort,
  checks: { config: () => rejected, listeners: () => simulator.problem() },
  metricsText: () => telemetry.metricsText(),
});
stopper.onStop('probes', () => probes.close());
isReady = true;
process.send?.({ type: 'ready', ports: { probe: probes.port }, listeners });
