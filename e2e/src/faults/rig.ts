import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, freePorts } from '@kubeplant/kit';
import { createModelLink } from '@kubeplant/operator-link';
import { startPlainServer } from '../databases/plain-server.ts';
import { query } from '../databases/prepare-template.ts';
import { startCountingDevice, TAGS, type CountingDevice } from './counting-device.ts';
import { planPlant, type PlantSettings } from './plant-model.ts';
import { createRandom } from './random.ts';
import { CLI_TOKEN, type RigFiles, writeRigFiles } from './rig-files.ts';
import { type ApiPorts, findPorts, startApi, startCollector, startJobs } from './rig-processes.ts';
import type { Supervised } from './supervised.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** What a case may set. */
export interface RigOptions extends PlantSettings {
  readonly seed: number;
  /** More variables of the collector. */
  readonly collectorEnv?: Readonly<Record<string, string>>;
  /** More variables of the api. */
  readonly apiEnv?: Readonly<Record<string, string>>;
  /** Jobs in a process of their own, as both hosts have them. */
  readonly ownJobs?: boolean;
  /** Folder of the segment log instead of one below the rig's; '' for none. */
  readonly bufferDir?: string;
  /** Another device than one that always answers well. */
  readonly startDevice?: (tags: number) => Promise<CountingDevice>;
}

/** Another api of the same name as the first. */
export interface SecondApi {
  readonly process: Supervised;
  readonly ports: ApiPorts;
}

/** A plant of real processes with a proxy on every link. */
export interface Rig {
  readonly device: CountingDevice;
  readonly api: Supervised;
  /** What packs, sums up and deletes history, where the case asked for a process of its own; else the api does that too. */
  readonly jobs: Supervised | undefined;
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
  readonly files: RigFiles;
  /** Whose collectors these are. */
  readonly shard: { readonly tenant: string; readonly site: string; readonly shard: string; readonly token: string };
  /** Folder of a collector's log. */
  bufferOf(name: string): string;
  /** Another collector of the same shard; its log is in `bufferOf(name)`. */
  startSecondCollector(name: string, instance: string, probePort?: number): Supervised;
  startSecondApi(name: string): Promise<SecondApi>;
  close(): Promise<void>;
}

/** Role of the api. */
export const LOGIN = 'kubeplant_faults';
const ROOT_KEY = 'key of the fault harness';

/** Start PostgreSQL, api, device and collector, and give the api its model. Resolves when all of them run. */
export async function startRig(options: RigOptions): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'kp-faults-'));
  const random = createRandom(options.seed);
  const stops: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const stop of stops.splice(0).reverse()) await stop();
  };
  const stopping = (process: Supervised): Supervised => {
    stops.push(() => process.stop());
    return process;
  };
  try {
    const server = await startPlainServer({ durable: true }); // what is acknowledged has to survive a crash
    stops.push(() => server.remove());
    await query(server.adminUrl, `CREATE ROLE ${LOGIN} LOGIN CREATEROLE PASSWORD '${LOGIN}'`);
    await query(server.adminUrl, `CREATE DATABASE faults OWNER ${LOGIN}`);
    const device = await (options.startDevice ?? startCountingDevice)(options.tags ?? TAGS);
    stops.push(() => device.close());
    const [http = 0, ingest = 0, model = 0, probe = 0, collectorProbe = 0] = await freePorts(5);
    const ports = { http, ingest, model, probe };
    const local = (port: number) => startTcpProxy({ host: '127.0.0.1', port }, random);
    const proxies = {
      field: await local(device.port),
      ingest: await local(ports.ingest),
      database: await local(Number(new URL(server.adminUrl).port)),
    };
    for (const proxy of Object.values(proxies)) stops.push(() => proxy.close());
    const others = await Promise.all(
      Array.from({ length: options.ownAddresses ? (options.devices ?? 1) - 1 : 0 }, () => local(device.port)),
    );
    for (const proxy of others) stops.push(() => proxy.close());
    const fieldPorts = [proxies.field, ...others].map(({ port }) => port);
    const planned = planPlant({ host: '127.0.0.1', ports: fieldPorts }, ROOT_KEY, options);
    const loginUrl = `postgresql://${LOGIN}:${LOGIN}@127.0.0.1:${proxies.database.port}/faults`;
    const { files, operator } = await writeRigFiles(folder, loginUrl, planned);
    const apiEnv = options.ownJobs ? { KUBEPLANT_ROLES: 'ingest,http', ...options.apiEnv } : options.apiEnv;
    const api = stopping(startApi({ folder, files, ports, name: 'api', env: apiEnv }));
    const link = createModelLink({
      endpoint: `localhost:${ports.model}`,
      tls: () => operator,
      hello: { cluster: 'local', leaseTransitions: 1, host: 'local', consoleEdits: false },
      log: createLogger({ name: 'faults', level: 'silent' }),
      onEdit: () => Promise.reject(new Error('nobody edits here')),
    });
    stops.push(() => link.close());
    link.publish(planned.model);
    link.synced();
    await api.ready();
    const jobs = options.ownJobs ? stopping(startJobs(folder, files)) : undefined;
    const bufferOf = (name: string): string => options.bufferDir ?? join(folder, `buffer-${name}`);
    const collectorNamed = (name: string, instance: string, probePort: number): Supervised =>
      stopping(
        startCollector({
          ...{ folder, files, name, instance, probePort, env: options.collectorEnv },
          ...{ bufferDir: bufferOf(name), ingestPort: proxies.ingest.port },
        }),
      );
    const collector = collectorNamed('collector-0', 'collector-0', collectorProbe);
    await collector.ready();
    const urlOf = (port: number): string => `http://127.0.0.1:${port}`;
    return {
      ...{ device, api, jobs, collector, proxies, random, folder, files, bufferOf, close },
      database: { crash: () => server.stop('SIGQUIT'), start: () => server.start() },
      databaseUrl: Object.assign(new URL(server.adminUrl), { pathname: '/faults' }).href,
      http: { url: urlOf(ports.http), token: CLI_TOKEN },
      probes: { api: urlOf(ports.probe), collector: urlOf(collectorProbe) },
      shard: { tenant: planned.config.tenant, site: planned.model.site, shard: planned.shard, token: planned.token },
      startSecondCollector: (name, instance, probePort = 0) => collectorNamed(name, instance, probePort),
      startSecondApi: async (name) => {
        const own = await findPorts();
        return { process: stopping(startApi({ folder, files, name, ports: own, env: apiEnv })), ports: own };
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}
