import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ShardConfig } from '@kubeplant/crds/model';
import { type Logger, type Telemetry, ulid } from '@kubeplant/kit';
import { durationMs } from '@kubeplant/words';
import type { BlockBuffer } from './block/block-buffer.ts';
import { createBlockBuilder } from './block/create-block-builder.ts';
import { createRunDictionary, type RunDictionary } from './block/create-run-dictionary.ts';
import { type ChannelSet, createChannelSet } from './channel-set.ts';
import { type CollectorMetrics, createCollectorMetrics } from './collector-metrics.ts';
import type { CollectorSettings } from './collector-settings.ts';
import { watchConfig } from './config/watch-config.ts';
import { createBuffer } from './create-buffer.ts';
import { createHealthTracker, type HealthTracker } from './device/create-health-tracker.ts';
import type { Clock, Driver } from './driver.ts';
import { repeat } from './repeat.ts';
import { createStanding, type Standing } from './standing/create-standing.ts';
import { startUplink, type Uplink } from './uplink/start-uplink.ts';

/** What a collector needs. */
export interface CollectorOptions {
  readonly driver: Driver;
  readonly settings: Pick<CollectorSettings, 'configDir' | 'ingestEndpoint' | 'tokenFile' | 'caFile' | 'bufferBytes'> &
    Partial<Pick<CollectorSettings, 'instance' | 'bufferDir'>>;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly telemetry: Pick<Telemetry, 'meter' | 'tracer'>;
}

/** A running collector. */
export interface Collector {
  /** Why it does not work yet; undefined once a configuration is in force. */
  notReady(): string | undefined;
  /**
   * Stop polling, cut and send the last block, wait for the commits (at most `drainTimeoutMs`, without it as long as the
   * configuration says), close. Resolves with the blocks that were not committed; a log on disk keeps them for the next start.
   */
  stop(drainTimeoutMs?: number): Promise<number>;
}

const HEALTH_MS = 1000;

/** Run the collector of one shard: everything between the driver port and the api. */
export function runCollector(options: CollectorOptions): Collector {
  const { clock, log, settings } = options;
  const run = ulid(clock.nowUs() / 1000);
  const dictionary = createRunDictionary(run);
  let config: ShardSettings | undefined;
  let configProblem: string | undefined;
  let uplink: Uplink | undefined;
  let stopping = false;

  const metrics: CollectorMetrics = createCollectorMetrics(options.telemetry.meter, {
    bufferBytes: () => buffer.sizeBytes,
    bufferBlocks: () => buffer.count,
    connected: () => uplink?.connected ?? false,
    inFlight: () => uplink?.inFlight ?? 0,
    epoch: () => uplink?.epoch ?? 0,
    devices: () => channels.devices(),
  });
  const buffer = createBuffer({
    settings,
    clock,
    log,
    dictionary,
    buffering: () => config?.buffering,
    onDiskLoss: () => builder.tellLost(),
    onFormerRuns: () => uplink?.renew(),
    onLost: (lost) => metrics.lost(lost),
    onCommitted: (blocks, cutMs) => metrics.committed(blocks, cutMs, clock.monotonicMs()),
  });
  const builder = createBlockBuilder({
    run,
    clock,
    takeLost: () => buffer.takeLost(),
    onBlock: (block) => {
      metrics.cut(block);
      buffer.append(block);
      uplink?.notify();
    },
  });
  const channels: ChannelSet = createChannelSet({ clock, builder, dictionary, driver: options.driver, metrics });
  const standing = createStanding({
    clock,
    onChange: (polling) => {
      log.info({ polling, problem: standing.problem() }, polling ? 'polling begins' : 'polling ends');
      if (polling) channels.resume();
      else void channels.suspend().then(() => builder.flush());
    },
  });
  const health = createHealthTracker(() => ({
    heldBlocks: heldBlocks(config, buffer),
    configRevision: config?.revision ?? '',
    devices: channels.devices().map((device) => device.health()),
    problem: [configProblem, standing.problem(), buffer.problem()].filter((each) => each !== undefined).join('; ') || undefined,
  }));

  async function link(next: ShardConfig): Promise<void> {
    await buffer.ready; // Hello names what a process before left
    if (!stopping) uplink = startLink(options, next, { buffer, dictionary, standing, health });
  }

  const watch = watchConfig({
    dir: settings.configDir,
    clock,
    check: (next) => checkConfig(next, options.driver, config),
    onProblem: (problem) => {
      configProblem = problem;
      if (problem === undefined) return;
      metrics.configRefused();
      log.error({ problem, inForce: config?.revision }, 'the configuration cannot be taken; the one before stays in force');
    },
    onConfig: (next, again) => {
      const first = config === undefined;
      config = toSettings(next);
      standing.setRules(next);
      channels.apply(next, again);
      metrics.configLoaded();
      const { revision, channelCount } = config;
      log.info({ revision, channels: channelCount, devices: channels.devices().length, run }, 'configuration in force');
      if (first) void link(next);
    },
  });
  const cancelHealth = repeat(clock, HEALTH_MS, () => {
    const changes = uplink?.connected ? health.changes() : undefined;
    if (changes) uplink?.sendHealth(changes);
  });

  return {
    notReady: () => (config ? undefined : (configProblem ?? `no configuration in ${settings.configDir} yet`)),
    stop: async (drainTimeoutMs = durationMs(config?.drainTimeout ?? '0s')) => {
      stopping = true;
      watch.close();
      cancelHealth();
      standing.close();
      await channels.close();
      builder.flush();
      await deliverRest(log, uplink, buffer, drainTimeoutMs);
      return buffer.count;
    },
  };
}

/** What of a configuration is kept: its devices would be most of a collector's memory. */
interface ShardSettings extends Omit<ShardConfig, 'channels'> {
  readonly channelCount: number;
}

const toSettings = ({ channels, ...settings }: ShardConfig): ShardSettings => ({ ...settings, channelCount: channels.length });

/** Of a collector on its way out, once it is sure. */
const heldBlocks = (config: ShardSettings | undefined, buffer: BlockBuffer): number | undefined =>
  config?.channelCount === 0 && buffer.isKept() ? buffer.count : undefined;

async function deliverRest(log: Logger, uplink: Uplink | undefined, buffer: BlockBuffer, drainTimeoutMs: number): Promise<void> {
  await uplink?.drain(drainTimeoutMs);
  await uplink?.close();
  await buffer.close();
  const left = { blocks: buffer.count, drainTimeoutMs };
  if (left.blocks > 0 && buffer.isKept()) log.info(left, 'not everything was committed in time: the next start sends what is on disk');
  else if (left.blocks > 0) log.error(left, 'not everything was committed in time: these blocks are lost');
}

interface LinkParts {
  readonly buffer: BlockBuffer;
  readonly dictionary: RunDictionary;
  readonly standing: Standing;
  readonly health: HealthTracker;
}

function startLink(options: CollectorOptions, { tenant, site, shard }: ShardConfig, parts: LinkParts): Uplink {
  const { clock, log, settings, telemetry, version } = options;
  const { buffer, dictionary, standing, health } = parts;
  const instance = settings.instance ?? `${hostname()}/${shard}`;
  return startUplink({
    endpoint: settings.ingestEndpoint,
    files: settings,
    readCredentials: () => ({ token: readText(settings.tokenFile), caPem: readText(settings.caFile) }),
    clock,
    log,
    tracer: telemetry.tracer,
    onTold: standing.told,
    onRenewed: standing.renewed,
    session: {
      buffer,
      dictionary,
      nowUs: () => clock.nowUs(),
      identity: { tenant, site, shard, collectorVersion: version, instance },
      isStandby: () => !standing.polling,
      fullHealth: () => health.full(),
    },
  });
}

/** Why a configuration cannot be taken by this process. */
function checkConfig(next: ShardConfig, driver: Driver, inForce: ShardSettings | undefined): string | undefined {
  if (next.protocol !== driver.protocol)
    return `ConfigurationMismatch: it is for ${next.protocol}, this collector speaks ${driver.protocol}`;
  const moved = (['tenant', 'site', 'shard'] as const).find((key) => inForce && inForce[key] !== next[key]);
  return moved && `ConfigurationMismatch: its ${moved} is ${next[moved]}, this process began as ${inForce?.[moved]}; restart it`;
}

function readText(path: string): string {
  const text = readFileSync(path, 'utf8').trim();
  if (text === '') throw new Error(`${path} is empty`);
  return text;
}
