import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, createLogger, issueCertificate } from '@kubeplant/kit';
import { encodeShardFiles } from '@kubeplant/crds/model-files';
import { createModelLink } from '@kubeplant/operator-link';
import { freePort } from '../databases/free-port.ts';
import { startPlainServer } from '../databases/plain-server.ts';
import { query } from '../databases/prepare-template.ts';
import { startCountingDevice, TAGS, type CountingDevice } from './counting-device.ts';
import { planPlant, type PlantSettings } from './plant-model.ts';
import { createRandom } from './random.ts';
import { type Supervised, supervise } from './supervised.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** What a case may set. */
export interface RigOptions extends PlantSettings {
  readonly seed: number;
  /** More variables of the collector. */
  readonly collectorEnv?: Readonly<Record<string, string>>;
  /** Folder of the segment log instead of one below the rig's; '' for none. */
  readonly bufferDir?: string;
}

/** A plant of real processes with a proxy on every link. */
export interface Rig {
  readonly device: CountingDevice;
  readonly api: Supervised;
  readonly collector: Supervised;
  readonly database: { crash(): Promise<void>; start(): Promise<void> };
  readonly proxies: { readonly field: TcpProxy; readonly ingest: TcpProxy; readonly database: TcpProxy };
  readonly random: () => number;
  /** For a superuser, past the proxy. */
  readonly databaseUrl: string;
  readonly http: { readonly url: string; readonly token: string };
  /** Addresses of probes and metrics. */
  readonly probes: { readonly api: string; readonly collector: string };
  readonly folder: string;
  /** Another collector of the same shard. */
  startSecondCollector(): Supervised;
  close(): Promise<void>;
}

const API = new URL('../../../dist/package/api.js', import.meta.url);
const COLLECTOR = new URL('../../../dist/package/collector-modbus.js', import.meta.url);
const LOGIN = 'kubeplant_faults';
const ROOT_KEY = 'key of the fault harness';
const CLI_TOKEN = 'token-of-the-fault-harness-0123456789abcdef';

/** Start PostgreSQL, api, device and collector, and give the api its model. Resolves when all of them run. */
export async function startRig(options: RigOptions): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'kp-faults-'));
  const random = createRandom(options.seed);
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  try {
    const server = await startPlainServer({ durable: true }); // what is acknowledged has to survive a crash
    stops.push(() => server.remove());
    await query(server.adminUrl, `CREATE ROLE ${LOGIN} LOGIN CREATEROLE PASSWORD '${LOGIN}'`);
    await query(server.adminUrl, `CREATE DATABASE faults OWNER ${LOGIN}`);
    const databaseAddress = new URL(server.adminUrl);
    const device = await startCountingDevice(options.tags ?? TAGS);
    stops.push(() => device.close());
    const ports = {
      http: await freePort(),
      ingest: await freePort(),
      model: await freePort(),
      apiProbe: await freePort(),
      collectorProbe: await freePort(),
    };
    const local = (port: number) => startTcpProxy({ host: '127.0.0.1', port }, random);
    const proxies = {
      field: await local(device.port),
      ingest: await local(ports.ingest),
      database: await local(Number(databaseAddress.port)),
    };
    for (const proxy of Object.values(proxies)) stops.push(() => proxy.close());
    const planned = planPlant({ host: '127.0.0.1', port: proxies.field.port }, ROOT_KEY, options);
    const keys = await writeKeys(folder);
    const write = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text, { mode: 0o600 });
      return join(folder, name);
    };
    const api = supervise({
      entry: API,
      logFile: join(folder, 'api.log'),
      env: {
        KUBEPLANT_DATABASE_URL_FILE: write('database-url', `postgresql://${LOGIN}:${LOGIN}@127.0.0.1:${proxies.database.port}/faults`),
        KUBEPLANT_HTTP_PORT: String(ports.http),
        KUBEPLANT_INGEST_PORT: String(ports.ingest),
        KUBEPLANT_MODEL_PORT: String(ports.model),
        KUBEPLANT_PROBE_PORT: String(ports.apiProbe),
        KUBEPLANT_TLS_CERT_FILE: keys.apiCert,
        KUBEPLANT_TLS_KEY_FILE: keys.apiKey,
        KUBEPLANT_CA_FILE: keys.ca,
        KUBEPLANT_SIGNING_KEY_FILE: join(folder, 'signing-key'),
        KUBEPLANT_INITIAL_PASSWORD_FILE: join(folder, 'password'),
        KUBEPLANT_CLI_TOKEN_FILE: write('cli-token', CLI_TOKEN),
      },
    });
    stops.push(() => api.stop());
    const link = createModelLink({
      endpoint: `127.0.0.1:${ports.model}`,
      tls: () => keys.operator,
      hello: { cluster: 'local', leaseTransitions: 1, host: 'local', consoleEdits: false },
      log: createLogger({ name: 'faults', level: 'silent' }),
      onEdit: () => Promise.reject(new Error('nobody edits here')),
    });
    stops.push(() => link.close());
    link.publish(planned.model);
    link.synced();
    mkdirSync(join(folder, 'config'));
    for (const [name, content] of encodeShardFiles(planned.config, { maxPartBytes: 1 << 20 }))
      writeFileSync(join(folder, 'config', name), content);
    const tokenFile = write('token', planned.token);
    const startCollector = (instance: string, probePort: number): Supervised => {
      const bufferDir = options.bufferDir ?? join(folder, `buffer-${instance}`);
      const collector = supervise({
        entry: COLLECTOR,
        logFile: join(folder, `${instance}.log`),
        env: {
          KUBEPLANT_CONFIG_DIR: join(folder, 'config'),
          KUBEPLANT_INGEST_ENDPOINT: `localhost:${proxies.ingest.port}`,
          KUBEPLANT_TOKEN_FILE: tokenFile,
          KUBEPLANT_CA_FILE: keys.ca,
          KUBEPLANT_INSTANCE: instance,
          KUBEPLANT_PROBE_PORT: String(probePort),
          ...(bufferDir !== '' && { KUBEPLANT_BUFFER_DIR: bufferDir }),
          ...options.collectorEnv,
        },
      });
      stops.push(() => collector.stop());
      return collector;
    };
    await api.ready();
    const collector = startCollector('collector-0', ports.collectorProbe);
    await collector.ready();
    const databaseUrl = Object.assign(new URL(server.adminUrl), { pathname: '/faults' }).href;
    return {
      device,
      api,
      collector,
      database: { crash: () => server.stop('SIGQUIT'), start: () => server.start() },
      proxies,
      random,
      databaseUrl,
      http: { url: `http://127.0.0.1:${ports.http}`, token: CLI_TOKEN },
      probes: { api: `http://127.0.0.1:${ports.apiProbe}`, collector: `http://127.0.0.1:${ports.collectorProbe}` },
      folder,
      startSecondCollector: () => startCollector('collector-1', 0),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function writeKeys(folder: string) {
  const authority = await createAuthority({ commonName: 'faults', days: 1 });
  const request = { authority, dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], days: 1 };
  const api = await issueCertificate({ ...request, commonName: 'api', uris: [], server: true });
  const operator = await issueCertificate({ ...request, commonName: 'operator', uris: ['kubeplant:operator'], client: true });
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  return {
    ca: write('ca.pem', authority.certPem),
    apiCert: write('api.pem', api.certPem),
    apiKey: write('api-key.pem', api.keyPem),
    operator: { ...operator, caPem: authority.certPem },
  };
}
