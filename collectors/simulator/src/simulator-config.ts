import { defineConfig, LOG_LEVELS, port, text } from '@kubeplant/kit';

/** Variables a simulator reads. */
export const simulatorConfig = defineConfig({
  configFile: text({
    env: 'KUBEPLANT_SIMULATOR_CONFIG',
    description: 'File with what to simulate (JSON, plain or gzipped); followed when it changes.',
  }),
  host: text({ env: 'KUBEPLANT_SIMULATOR_HOST', description: 'Address the simulated devices listen on.', default: '127.0.0.1' }),
  probeHost: text({ env: 'KUBEPLANT_PROBE_HOST', description: 'Address of probes and metrics.', default: '127.0.0.1' }),
  probePort: port({ env: 'KUBEPLANT_PROBE_PORT', description: 'Port of probes and metrics; 0 for any free one.', default: 9464 }),
  logLevel: text({ env: 'KUBEPLANT_LOG_LEVEL', description: 'Least severe level that is logged.', default: 'info', oneOf: LOG_LEVELS }),
});
