import { type ConfigOf, defineConfig, duration, filePath, LOG_LEVELS, list, port, retention, secretFile, text } from '@kubeplant/kit';

/** Environment of the api process. */
export const API_SETTINGS = defineConfig({
  cluster: text({ env: 'KUBEPLANT_CLUSTER', description: 'Name of the cluster whose plants this api serves.', default: 'local' }),
  replica: text({
    env: 'KUBEPLANT_REPLICA',
    description: 'Stable name of this process, such as the pod’s: with it a process that starts again retakes its sites at once.',
    default: 'api-0',
  }),
  roles: list({
    env: 'KUBEPLANT_ROLES',
    description:
      'What this process does: ingest owns the sites and takes readings; http serves the console and the api, and needs ingest; jobs packs, sums up and deletes history, here or in a process of its own.',
    default: 'ingest,http,jobs',
    oneOf: ['ingest', 'http', 'jobs'],
  }),
  databaseUrl: secretFile({
    env: 'KUBEPLANT_DATABASE_URL_FILE',
    description: 'File with the URL of the database, user and password included.',
  }),
  httpHost: text({ env: 'KUBEPLANT_HTTP_HOST', description: 'Address on which the console and the api are served.', default: '127.0.0.1' }),
  httpPort: port({ env: 'KUBEPLANT_HTTP_PORT', description: 'Port of the console and the api.', default: 8080 }),
  trustedProxies: list({
    env: 'KUBEPLANT_TRUSTED_PROXIES',
    description: 'Addresses or networks of proxies in front of the api whose X-Forwarded headers are believed, parted by commas.',
    optional: true,
  }),
  ingestHost: text({ env: 'KUBEPLANT_INGEST_HOST', description: 'Address on which readings are taken.', default: '127.0.0.1' }),
  ingestPort: port({ env: 'KUBEPLANT_INGEST_PORT', description: 'Port on which readings are taken (gRPC, TLS).', default: 8443 }),
  modelHost: text({ env: 'KUBEPLANT_MODEL_HOST', description: 'Address on which the operator is served.', default: '127.0.0.1' }),
  modelPort: port({ env: 'KUBEPLANT_MODEL_PORT', description: 'Port on which the operator is served (gRPC, mutual TLS).', default: 8444 }),
  certFile: filePath({
    env: 'KUBEPLANT_TLS_CERT_FILE',
    description: 'File with the server certificate of both gRPC ports, PEM; changes are followed.',
  }),
  keyFile: filePath({
    env: 'KUBEPLANT_TLS_KEY_FILE',
    description: 'File with the key of the server certificate, PEM; changes are followed.',
  }),
  caFile: filePath({
    env: 'KUBEPLANT_CA_FILE',
    description: 'File with the certificates of the authority that signs the operator’s, PEM; changes are followed.',
  }),
  signingKeyFile: filePath({
    env: 'KUBEPLANT_SIGNING_KEY_FILE',
    description: 'File with the Ed25519 key (PKCS#8, PEM) that access tokens are signed with; made where it is missing.',
  }),
  initialPasswordFile: filePath({
    env: 'KUBEPLANT_INITIAL_PASSWORD_FILE',
    description: 'File into which the generated password of the first administrator is written, mode 0600, when there is no user yet.',
  }),
  cliToken: secretFile({
    env: 'KUBEPLANT_CLI_TOKEN_FILE',
    description: 'File with a bearer token that makes its holder an administrator: for the command of a local plant.',
    optional: true,
  }),
  consoleDir: filePath({ env: 'KUBEPLANT_CONSOLE_DIR', description: 'Folder with the built console.', optional: true }),
  probeHost: text({ env: 'KUBEPLANT_PROBE_HOST', description: 'Address on which probes and metrics are served.', default: '127.0.0.1' }),
  probePort: port({ env: 'KUBEPLANT_PROBE_PORT', description: 'Port of probes and metrics.', default: 9464 }),
  keepShort: retention({
    env: 'KUBEPLANT_RETENTION_SHORT',
    description: 'How long readings of the class short are kept (jobs); at least 34d, because they may come so late.',
    default: '34d',
    min: '34d',
  }),
  keepStandard: retention({
    env: 'KUBEPLANT_RETENTION_STANDARD',
    description: 'How long readings of the class standard are kept, and sums by minute (jobs).',
    default: '2y',
    min: '34d',
  }),
  keepLong: retention({
    env: 'KUBEPLANT_RETENTION_LONG',
    description:
      'How long readings of the class long are kept (jobs). Sums by quarter of an hour and day are kept as long as the longest class.',
    default: '20y',
    min: '34d',
  }),
  packAfter: duration({
    env: 'KUBEPLANT_PACK_AFTER',
    description:
      'When the readings of a day (UTC) are packed, counted from its beginning (jobs): 26h is two hours after its end; at least 25h.',
    default: '26h',
    min: '25h',
  }),
  logLevel: text({ env: 'KUBEPLANT_LOG_LEVEL', description: 'Least level of log lines.', default: 'info', oneOf: LOG_LEVELS }),
});

const { replica, roles, databaseUrl, probeHost, probePort, logLevel, keepShort, keepStandard, keepLong, packAfter } = API_SETTINGS;

/** Environment of an api process that has jobs alone to do. */
export const JOBS_SETTINGS = defineConfig({
  ...{ replica, roles, databaseUrl, probeHost, probePort, logLevel },
  ...{ keepShort, keepStandard, keepLong, packAfter },
});

/** What the jobs are told. */
export type JobsSettings = ConfigOf<typeof JOBS_SETTINGS>;

/** Settings of the api process. */
export type ApiSettings = ConfigOf<typeof API_SETTINGS>;
