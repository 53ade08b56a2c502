import { defineConfig, filePath, flag, port, secretFile, text } from '@kubeplant/kit';

/** Variables of the local operator; set by `kubeplant up`. */
export const localOperatorConfig = defineConfig({
  paths: text({ env: 'KUBEPLANT_PATHS', description: 'JSON list of the files and folders the plant is declared in.' }),
  simulate: flag({ env: 'KUBEPLANT_SIMULATE', description: 'Whether Simulations may take over.', default: false }),
  stateDir: text({ env: 'KUBEPLANT_STATE_DIR', description: 'Folder for configurations, tokens and what is kept between starts.' }),
  bufferDir: text({
    env: 'KUBEPLANT_BUFFER_DIR',
    description: 'Folder for what collectors hold that is not committed, one below it each.',
  }),
  modelEndpoint: text({ env: 'KUBEPLANT_MODEL_ENDPOINT', description: 'host:port of the api’s Model service.' }),
  ingestEndpoint: text({ env: 'KUBEPLANT_INGEST_ENDPOINT', description: 'host:port of the api’s Ingest service, for collectors.' }),
  certFile: filePath({
    env: 'KUBEPLANT_TLS_CERT_FILE',
    description: 'Client certificate with the URI SAN kubeplant:operator, PEM; changes are followed.',
  }),
  keyFile: filePath({ env: 'KUBEPLANT_TLS_KEY_FILE', description: 'Key of the client certificate, PEM; changes are followed.' }),
  caFile: filePath({ env: 'KUBEPLANT_CA_FILE', description: 'Certificate of the plant’s authority, PEM; changes are followed.' }),
  rootKey: secretFile({ env: 'KUBEPLANT_ROOT_KEY_FILE', description: 'Key from which the tokens of shards are derived.' }),
  probeHost: text({ env: 'KUBEPLANT_PROBE_HOST', description: 'Address on which probes and metrics are served.', default: '127.0.0.1' }),
  probePort: port({ env: 'KUBEPLANT_PROBE_PORT', description: 'Port of probes and metrics; 0 is any free one.', default: 9464 }),
  logLevel: text({
    env: 'KUBEPLANT_LOG_LEVEL',
    description: 'Least level that is logged.',
    default: 'info',
    oneOf: ['debug', 'info', 'warn', 'error'],
  }),
});
