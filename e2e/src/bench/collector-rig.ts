import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { encodeShardFiles } from '@kubeplant/crds/model-files';
import { MALLOC_ENV } from '@kubeplant/kit';
import { channelConfig, effectiveDevice, effectiveTag, shardConfig } from '@kubeplant/collector-core/testing';
import type { ChannelConfig } from '@kubeplant/crds/model';
import { until } from '../plant/run-plant.ts';
import type { OwnerAddress, OwnerCounts } from './counting-owner.ts';
import { processorSeconds, residentMb } from './process-use.ts';
import type { BenchContext } from './types.ts';

const BUNDLE = fileURLToPath(new URL('../../../dist/package/collector-modbus.js', import.meta.url));
const PART_BYTES = 512 << 10;
const SETTLE_MS = 8_000;
const FIRST_MS = 60_000;
const LOG = 'collector.log';

/** How much a collector has to do, and how long it is watched. */
export interface CollectorLoad {
  readonly devices: number;
  /** Float32 tags of each, every one new each second. */
  readonly tags: number;
  /** Rounds in which it is watched, one after the other … */
  readonly rounds: number;
  /** … each so long. */
  readonly seconds: number;
}

/** What it took in one round. */
export interface CollectorUse {
  /** The most of a sample a second. */
  readonly mb: number;
  /** Percent of one core. */
  readonly core: number;
  readonly rowsPerSecond: number;
  readonly bytesPerRow: number;
  /** Processor time of a reading. */
  readonly microsPerRow: number;
}

/** Run the bundled collector against devices and an owner in processes of their own, and watch it once it is calm. */
export async function watchCollector({ defer, step }: BenchContext, load: CollectorLoad): Promise<readonly CollectorUse[]> {
  if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is missing: npm run build makes it`);
  const what = `${load.devices} devices of ${load.tags} tags`;
  step(`starting ${what}`);
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-collector-'));
  const removeFolder = defer(() => rmSync(folder, { recursive: true, force: true }));
  const devices = fork(new URL('./changing-registers.ts', import.meta.url), [String(load.devices), String(load.tags)]);
  const stopDevices = defer(() => leave(devices));
  const [{ ports }] = (await once(devices, 'message')) as [{ ports: readonly number[] }]; // what changing-registers.ts sends
  const owner = fork(new URL('./counting-owner.ts', import.meta.url));
  const stopOwner = defer(() => leave(owner));
  const [address] = (await once(owner, 'message')) as [OwnerAddress]; // what counting-owner.ts sends first
  writeFiles(folder, ports, load.tags, address);
  const collector = startCollector(folder, address);
  const stopCollector = defer(() => end(collector));
  step(`waiting for the first readings of ${what}`);
  const came = async () => ((await ask(owner)).rows >= load.devices * load.tags ? true : undefined);
  await until('the first readings', came, FIRST_MS).catch((error: unknown) => {
    throw new Error(`no readings came; the collector says: ${readFileSync(join(folder, LOG), 'utf8').slice(-1000)}`, { cause: error });
  });
  step(`watching a collector of ${what}`);
  await sleep(SETTLE_MS);
  const uses: CollectorUse[] = [];
  for (let round = 0; round < load.rounds; round += 1) uses.push(await watch(collector, owner, load.seconds));
  for (const stop of [stopCollector, stopOwner, stopDevices, removeFolder]) await stop();
  return uses;
}

async function watch(collector: ChildProcess, owner: ChildProcess, seconds: number): Promise<CollectorUse> {
  const pid = collector.pid ?? 0;
  const [before, processorBefore, startMs] = [await ask(owner), processorSeconds(pid), performance.now()];
  let mb = 0;
  for (let second = 0; second < seconds; second += 1) {
    await sleep(1000);
    mb = Math.max(mb, residentMb(pid));
  }
  const [after, processor, elapsedMs] = [await ask(owner), processorSeconds(pid) - processorBefore, performance.now() - startMs];
  const rows = after.rows - before.rows;
  if (collector.exitCode !== null || rows === 0) throw new Error('the collector of the bench sent nothing');
  return {
    mb,
    core: (processor / elapsedMs) * 100_000,
    rowsPerSecond: (rows * 1000) / elapsedMs,
    bytesPerRow: (after.bytes - before.bytes) / rows,
    microsPerRow: (processor * 1e6) / rows,
  };
}

async function ask(owner: ChildProcess): Promise<OwnerCounts> {
  owner.send('counts');
  const [counts] = (await once(owner, 'message')) as [OwnerCounts]; // what counting-owner.ts answers
  return counts;
}

function startCollector(folder: string, { endpoint }: OwnerAddress): ChildProcess {
  const env = {
    ...MALLOC_ENV,
    PATH: process.env.PATH,
    KUBEPLANT_CONFIG_DIR: join(folder, 'config'),
    KUBEPLANT_INGEST_ENDPOINT: endpoint,
    KUBEPLANT_TOKEN_FILE: join(folder, 'token'),
    KUBEPLANT_CA_FILE: join(folder, 'ca.pem'),
    KUBEPLANT_PROBE_PORT: '0',
    KUBEPLANT_LOG_LEVEL: 'warn',
  };
  const log = openSync(join(folder, LOG), 'w');
  return spawn(process.execPath, [BUNDLE], { env, stdio: ['ignore', log, log, 'ipc'] });
}

function writeFiles(folder: string, ports: readonly number[], tags: number, { caPem }: OwnerAddress): void {
  const config = shardConfig(
    'r1',
    ports.map((port, index) => channelOf(port, index, tags)),
  );
  mkdirSync(join(folder, 'config'));
  for (const [name, content] of encodeShardFiles(config, { maxPartBytes: PART_BYTES }))
    writeFileSync(join(folder, 'config', name), content);
  writeFileSync(join(folder, 'token'), 'token');
  writeFileSync(join(folder, 'ca.pem'), caPem);
}

function channelOf(port: number, index: number, tags: number): ChannelConfig {
  const endpoint = { host: '127.0.0.1', port };
  const base = channelConfig(`modbus://127.0.0.1:${port}`, [], { endpoint });
  if (base.modbusTcp === undefined) throw new Error('a channel for tests has no Modbus settings');
  const device = effectiveDevice(`device-${index}`, {
    modbusTcp: { ...endpoint, unitId: 1, ...base.modbusTcp },
    tags: Array.from({ length: tags }, (_, tag) =>
      effectiveTag(`value-${tag}`, {
        modbus: { register: 'Holding', address: tag * 2, addressBase: 0, rawType: 'Float32', byteOrder: 'ABCD' },
      }),
    ),
  });
  return { ...base, devices: [device] };
}

function leave(child: ChildProcess): void {
  if (child.connected) child.disconnect();
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
