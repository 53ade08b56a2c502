import { readFileSync } from 'node:fs';
import type { ShardConfig } from '@kubeplant/crds/model';
import { type Logger, type Telemetry, ulid } from '@kubeplant/kit';
import { createBlockBuilder } from './block/create-block-builder.ts';
import { createMemoryBuffer } from './block/create-memory-buffer.ts';
import { createRunDictionary } from './block/create-run-dictionary.ts';
import { type ChannelSet, createChannelSet } from './channel-set.ts';
import { type CollectorMetrics, createCollectorMetrics } from './collector-metrics.ts';
import type { CollectorSettings } from './collector-settings.ts';
import { watchConfig } from './config/watch-config.ts';
import { createHealthTracker } from './device/create-health-tracker.ts';
import type { Clock, Driver } from './driver.ts';
import { repeat } from './repeat.ts';
import { startUplink, type Uplink } from './uplink/start-uplink.ts';

/** What a collector needs. */
export interface CollectorOptions {
  readonly driver: Driver;
  readonly settings: Pick<CollectorSettings, 'configDir' | 'ingestEndpoint' | 'tokenFile' | 'caFile' | 'bufferBytes'>;
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
   * Stop polling, cut and send the last block, wait for the commits, close. Resolves with the blocks that were lost because
   * they were not committed within `drainTimeoutMs`: 0 when all is well.
   */
  stop(drainTimeoutMs: number): Promise<number>;
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
    tags: () => channels.devices().reduce((sum, device) => sum + device.config.tags.length, 0),
  });
  const buffer = createMemoryBuffer({
    maxBytes: settings.bufferBytes,
    onEpisode: ({ seq }) => log.error({ maxBytes: settings.bufferBytes, seq }, 'the buffer is full: the oldest readings are being lost'),
    onDrop: (block) => metrics.dropped(block),
  });
  const builder = createBlockBuilder({
    run,
    clock,
    takeDropped: () => buffer.takeDropped(),
    onBlock: (block) => {
      metrics.cut(block);
      buffer.append(block);
      uplink?.notify();
    },
  });
  const channels: ChannelSet = createChannelSet({ clock, builder, dictionary, driver: options.driver, metrics });
  const health = createHealthTracker(() => ({
    configRevision: config?.revision ?? '',
    devices: channels.devices().map((device) => device.health()),
    problem: [configProblem, buffer.problem()].filter((problem) => problem !== undefined).join('; ') || undefined,
  }));

  const startLink = ({ tenant, site, shard }: ShardConfig): Uplink =>
    startUplink({
      endpoint: settings.ingestEndpoint,
      files: settings,
      readCredentials: () => ({ token: readText(settings.tokenFile), caPem: readText(settings.caFile) }),
      clock,
      log,
      tracer: options.telemetry.tracer,
      session: {
        buffer,
        dictionary,
        nowUs: () => clock.nowUs(),
        identity: { tenant, site, shard, collectorVersion: options.version, instance: shard, standby: false },
        fullHealth: () => health.full(),
        onCommitted: (blocks) => metrics.committed(blocks, clock.monotonicMs()),
      },
    });

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
      metrics.configLoaded();
      log.info(
        { revision: next.revision, channels: next.channels.length, devices: channels.devices().length, run },
        'configuration in force',
      );
      if (first) uplink = startLink(next);
    },
  });
  const cancelHealth = repeat(clock, HEALTH_MS, () => {
    const changes = uplink?.connected ? health.changes() : undefined;
    if (changes) uplink?.sendHealth(changes);
  });

  return {
    notReady: () => (config ? undefined : (configProblem ?? `no configuration in ${settings.configDir} yet`)),
    stop: async (drainTimeoutMs) => {
      watch.close();
      cancelHealth();
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
