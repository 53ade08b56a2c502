import { type ConfigOf, defineConfig, duration, filePath, LOG_LEVELS, number, port, text } from '@kubeplant/kit';

/** Environment of a collector process. */
export const COLLECTOR_SETTINGS = defineConfig({
  configDir: filePath({
    env: 'KUBEPLANT_CONFIG_DIR',
    description: 'Folder with the configuration of the shard (manifest.json and its parts); changes are followed.',
  }),
  ingestEndpoint: text({ env: 'KUBEPLANT_INGEST_ENDPOINT', description: 'host:port of the api that takes readings.' }),
  tokenFile: filePath({ env: 'KUBEPLANT_TOKEN_FILE', description: 'File with the token of the shard; read anew for every connection.' }),
  caFile: filePath({
    env: 'KUBEPLANT_CA_FILE',
    description: 'File with the CA certificates (PEM) the api is checked against; read anew for every connection.',
  }),
  instance: text({
    env: 'KUBEPLANT_INSTANCE',
    description: 'Which of the collectors of its shard this is, such as the name of the pod; unset: host name and shard.',
    optional: true,
  }),
  bufferDir: filePath({
    env: 'KUBEPLANT_BUFFER_DIR',
    description: 'Folder for readings that are not committed yet, used by this collector alone; unset: they are only kept in memory.',
    optional: true,
  }),
  bufferBytes: number({
    env: 'KUBEPLANT_BUFFER_BYTES',
    description: 'Memory for readings that are not committed yet, or not on disk yet; when it is full the oldest are lost.',
    default: 64 << 20,
    min: 1 << 20,
    integer: true,
  }),
  drainTimeoutMs: duration({
    env: 'KUBEPLANT_DRAIN_TIMEOUT',
    description: 'How long a stopping collector waits for its readings to be committed; unset: as its configuration says.',
    optional: true,
  }),
  probeHost: text({ env: 'KUBEPLANT_PROBE_HOST', description: 'Address on which probes and metrics are served.', default: '127.0.0.1' }),
  probePort: port({ env: 'KUBEPLANT_PROBE_PORT', description: 'Port of probes and metrics.', default: 9464 }),
  logLevel: text({ env: 'KUBEPLANT_LOG_LEVEL', description: 'Least level of log lines.', default: 'info', oneOf: LOG_LEVELS }),
});

/** Settings of a collector process. */
export type CollectorSettings = ConfigOf<typeof COLLECTOR_SETTINGS>;
