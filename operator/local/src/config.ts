import { defineConfig, flag, secretFile, text } from '@kubeplant/kit';

/** Variables of the local operator; set by `kubeplant up`. */
export const localOperatorConfig = defineConfig({
  paths: text({ env: 'KUBEPLANT_PATHS', description: 'JSON list of the files and folders the plant is declared in.' }),
  simulate: flag({ env: 'KUBEPLANT_SIMULATE', description: 'Whether Simulations may take over.', default: false }),
  stateDir: text({ env: 'KUBEPLANT_STATE_DIR', description: 'Folder for configurations, tokens and what is kept between starts.' }),
  modelEndpoint: text({ env: 'KUBEPLANT_MODEL_ENDPOINT', description: 'host:port of the api’s Model service.' }),
  ingestEndpoint: text({ env: 'KUBEPLANT_INGEST_ENDPOINT', description: 'host:port of the api’s Ingest service, for collectors.' }),
  cert: secretFile({ env: 'KUBEPLANT_TLS_CERT_FILE', description: 'Client certificate with the URI SAN kubeplant:operator, PEM.' }),
  key: secretFile({ env: 'KUBEPLANT_TLS_KEY_FILE', description: 'Key of the client certificate, PEM.' }),
  caFile: text({ env: 'KUBEPLANT_CA_FILE', description: 'Certificate of the plant’s authority, PEM.' }),
  ca: secretFile({ env: 'KUBEPLANT_CA_FILE', description: 'Certificate of the plant’s authority, PEM.' }),
  rootKey: secretFile({ env: 'KUBEPLANT_ROOT_KEY_FILE', description: 'Key from which the tokens of shards are derived.' }),
  logLevel: text({
    env: 'KUBEPLANT_LOG_LEVEL',
    description: 'Least level that is logged.',
    default: 'info',
    oneOf: ['debug', 'info', 'warn', 'error'],
  }),
});
