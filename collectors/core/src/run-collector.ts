import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { ShardConfig } from '@kubeplant/crds/model';
import { type Logger, type Telemetry, ulid } from '@kubeplant/kit';
import { durationMs } from '@kubeplant/words';
import type { BlockBuffer } from './block/block-buffer.ts';
import { createBlockBuilder } from './block/create-block-builder.ts';
import { createMemoryBuffer } from './block/create-memory-buffer.ts';
import { createRunDictionary, type RunDictionary } from './block/create-run-dictionary.ts';
import { type ChannelSet, createChannelSet } from './channel-set.ts';
import { type CollectorMetrics, createCollectorMetrics } from './collector-metrics.ts';
import type { CollectorSettings } from './collector-settings.ts';
import { watchConfig } from './config/watch-config.ts';
import { createHealthTracker, type HealthTracker } from './device/create-health-tracker.ts';
import type { Clock, Driver } from './driver.ts';
import { repeat } from './repeat.ts';
import { createStanding, type Standing } from './standing/create-standing.ts';
import { startUplink, type Uplink } from './uplink/start-uplink.ts';

/** What a collector needs. */
export interface CollectorOptions {
  readonly driver: Driver;
  readonly settings: Pick<CollectorSettings, 'configDir' | 'ingestEndpoint' | 'tokenFile' | 'caFile' | 'bufferBytes'> &
    Partial<Pick<CollectorSettings, 'instance'>>;
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
   * configuration says), close. Resolves with the blocks that were not committed: 0 when all is well.
   */
  stop(drainTimeoutMs?: number): Promise<number>;
}

const HEALTH_MS = 1000;

/** Run the collector of one shard: everything between the driver port and the api. */
export function runCollector(options: CollectorOptions): Collector {
  const { clock, log, settings } = options;
  const run = ulid(clock.nowUs() / 1000);
  const dictionary = createRunDictionary(run);
  let config: ShardConfig | undefined;
  let configProblem: string | undefined;
  let uplink: Uplink | undefined;

  const metrics: CollectorMetrics = createCollectorMetrics(options.telemetry.meter, {
    bufferBytes: () => buffer.sizeBytes,
    bufferBlocks: () => buffer.count,
    connected: () => uplink?.connected ?? false,
    inFlight: () => uplink?.inFlight ?? 0,
    epoch: () => uplink?.epoch ?? 0,
    devices: () => channels.devices().length,
    devicesConnected: () => channels.devices().filter(({ state }) => state.connected).length,
    tags: () => channels.devices().reduce((sum, device) => sum + device.tagCount, 0),
  });
  const buffer = createMemoryBuffer({
    maxBytes: settings.bufferBytes,
    onEpisode: ({ seq }) => log.error({ maxBytes: settings.bufferBytes, seq }, 'the buffer is full: the oldest readings are being lost'),
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
    configRevision: config?.revision ?? '',
    devices: channels.devices().map((device) => device.health()),
    problem: [configProblem, standing.problem(), buffer.problem()].filter((problem) => problem !== undefined).join('; ') || undefined,
  }));

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
    onConfig: (next) => {
      const first = config === undefined;
      config = next;
      channels.apply(next);
      standing.setRules(next);
      metrics.configLoaded();
      log.info(
        { revision: next.revision, channels: next.channels.length, devices: channels.devices().length, run },
        'configuration in force',
      );
      if (first) uplink = startLink(options, next, { buffer, dictionary, standing, health });
    },
  });
  const cancelHealth = repeat(clock, HEALTH_MS, () => {
    const changes = uplink?.connected ? health.changes() : undefined;
    if (changes) uplink?.sendHealth(changes);
  });

  return {
    notReady: () => (config ? undefined : (configProblem ?? `no configuration in ${settings.configDir} yet`)),
    stop: async (drainTimeoutMs = durationMs(config?.drainTimeout ?? '0s')) => {
      watch.close();
      cancelHealth();
      standing.close();
      await channels.close();
      builder.flush();
      if (uplink && !(await uplink.drain(drainTimeoutMs))) {
        log.error({ blocks: buffer.count, drainTimeoutMs }, 'not everything was committed in time: these blocks are lost');
      }
      await uplink?.close();
      return buffer.count;
    },
  };
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
function checkConfig(next: ShardConfig, driver: Driver, inForce: ShardConfig | undefined): string | undefined {
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
