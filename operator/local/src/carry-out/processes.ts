import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SimulatorConfig } from '@kubeplant/crds/model';
import { shardToken } from '@kubeplant/kit';
import type { Plan, PlannedShard, SimulatorEndpoints } from '@kubeplant/plan';
import { writeIfChanged } from '../write-atomically.ts';
import { bufferFolder } from './buffer-folders.ts';
import { configDirectory } from './config-directories.ts';

/** A process the parent should keep running. */
export interface DesiredProcess {
  /** Unique among its kind; a process whose name stays is not restarted. */
  readonly name: string;
  /** As shown by `ps`. */
  readonly title: string;
  readonly entry: 'collector-modbus' | 'simulator';
  readonly env: Readonly<Record<string, string>>;
}

/** What the parent should run. */
export interface DesiredProcesses {
  readonly collectors: readonly DesiredProcess[];
  readonly simulators: readonly DesiredProcess[];
}

/** Where things lie, and what collectors need to know. */
export interface ProcessPaths {
  readonly configRoot: string;
  readonly tokenRoot: string;
  readonly simulatorRoot: string;
  readonly bufferRoot: string;
  readonly caFile: string;
  readonly ingestEndpoint: string;
  readonly rootKey: string;
}

/** Write what the processes read besides their configuration, and say which processes there should be. */
export async function prepareProcesses(paths: ProcessPaths, plan: Plan, endpoints: SimulatorEndpoints): Promise<DesiredProcesses> {
  const collectors: DesiredProcess[] = [];
  for (const shard of plan.shards) collectors.push(await prepareCollector(paths, shard));
  const simulators: DesiredProcess[] = [];
  for (const simulator of plan.simulators) simulators.push(await prepareSimulator(paths, simulator, endpoints));
  await removeOthers(paths.tokenRoot, new Set(plan.shards.map((shard) => `${shard.namespace}.${shard.name}`)));
  await removeOthers(paths.simulatorRoot, new Set(plan.simulators.map((simulator) => `${simulatorName(simulator)}.json`)));
  return { collectors, simulators };
}

const simulatorName = ({ namespace, simulation }: SimulatorConfig): string => `${namespace}.${simulation}`;

async function prepareCollector(paths: ProcessPaths, shard: PlannedShard): Promise<DesiredProcess> {
  const { namespace, site, name, collectorClass, config } = shard;
  await mkdir(paths.tokenRoot, { recursive: true, mode: 0o700 });
  const tokenFile = join(paths.tokenRoot, `${namespace}.${name}`);
  await writeIfChanged(tokenFile, shardToken(paths.rootKey, config.tenant, site, name), 0o600);
  const number = name.slice(name.lastIndexOf('-') + 1);
  return {
    name: `${namespace}/${name}`,
    title: `kubeplant: collector ${site}/${collectorClass}/${config.protocol}/${number}`,
    entry: 'collector-modbus',
    env: {
      KUBEPLANT_CONFIG_DIR: configDirectory(paths.configRoot, shard),
      KUBEPLANT_BUFFER_DIR: bufferFolder(paths.bufferRoot, shard),
      KUBEPLANT_INGEST_ENDPOINT: paths.ingestEndpoint,
      KUBEPLANT_TOKEN_FILE: tokenFile,
      KUBEPLANT_CA_FILE: paths.caFile,
      KUBEPLANT_PROBE_HOST: '127.0.0.1',
      KUBEPLANT_PROBE_PORT: '0',
    },
  };
}

/** A listener that has reported its port is asked to keep it, so that collectors find it again after a restart. */
async function prepareSimulator(paths: ProcessPaths, simulator: SimulatorConfig, endpoints: SimulatorEndpoints): Promise<DesiredProcess> {
  const listeners = simulator.listeners.map((listener) => ({
    ...listener,
    port: endpoints[`${simulator.namespace}/${listener.channel}`]?.port ?? listener.port,
  }));
  const file = join(paths.simulatorRoot, `${simulatorName(simulator)}.json`);
  await mkdir(paths.simulatorRoot, { recursive: true });
  await writeIfChanged(file, JSON.stringify({ ...simulator, listeners }));
  return {
    name: simulatorName(simulator),
    title: 'kubeplant: simulator',
    entry: 'simulator',
    env: {
      KUBEPLANT_SIMULATOR_CONFIG: file,
      KUBEPLANT_SIMULATOR_HOST: '127.0.0.1',
      KUBEPLANT_PROBE_HOST: '127.0.0.1',
      KUBEPLANT_PROBE_PORT: '0',
    },
  };
}

async function removeOthers(root: string, wanted: ReadonlySet<string>): Promise<void> {
  const present = await readdir(root).catch(() => []);
  for (const name of present) if (!wanted.has(name)) await rm(join(root, name), { force: true });
}
