import { type ConfigOf, defineConfig, filePath, LOG_LEVELS, port, text } from '@kubeplant/kit';

/** Environment of a simulator process. */
export const SIMULATOR_SETTINGS = defineConfig({
  configFile: filePath({
    env: 'KUBEPLANT_SIMULATOR_CONFIG',
    description: 'File with what to simulate (JSON, plain or gzipped); changes are followed.',
  }),
  host: text({ env: 'KUBEPLANT_SIMULATOR_HOST', description: 'Address on which the simulated devices are served.', default: '127.0.0.1' }),
  probeHost: text({ env: 'KUBEPLANT_PROBE_HOST', description: 'Address on which probes and metrics are served.', default: '127.0.0.1' }),
  probePort: port({ env: 'KUBEPLANT_PROBE_PORT', description: 'Port of probes and metrics.', default: 9464 }),
  logLevel: text({ env: 'KUBEPLANT_LOG_LEVEL', description: 'Least level of log lines.', default: 'info', oneOf: LOG_LEVELS }),
});

/** Settings of a simulator process. */
export type SimulatorSettings = ConfigOf<typeof SIMULATOR_SETTINGS>;
