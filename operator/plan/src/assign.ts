import { compareText } from './canonical-json.ts';
import type { Channel } from './channels.ts';
import type { ClassLimits } from './classes.ts';
import { type ShardGroup, shardName, shardPrefix } from './shard-name.ts';
import type { Assignment } from './types.ts';

/** A shard and the channels that belong to it. */
export interface AssignedShard {
  readonly name: string;
  readonly collectorClass: string;
  readonly channels: readonly Channel[];
}

/** What the channels of a site are assigned with. */
export interface AssignOptions {
  readonly namespace: string;
  readonly site: string;
  readonly assignment: Assignment;
  readonly classes: ReadonlyMap<string, ClassLimits>;
  /** Forget who has what and spread anew (annotation `kubeplant.io/rebalance` on the Site). */
  readonly rebalance: boolean;
}

const PROTOCOL = 'ModbusTcp';

/**
 * Sticky: a channel stays in the shard that has it; a new one goes to the least loaded shard that fits, else to a new
 * shard. A channel is never split, so one beyond the limits of its class has a shard for itself.
 */
export function assignChannels(channels: readonly Channel[], options: AssignOptions): AssignedShard[] {
  const byClass = Map.groupBy(channels, (channel) => channel.collectorClass);
  const names = [...byClass.keys()].sort(compareText);
  return names.flatMap((name) => assignGroup(byClass.get(name) ?? [], name, options));
}

interface Load {
  readonly index: number;
  readonly channels: Channel[];
  devices: number;
  tags: number;
}

function assignGroup(channels: readonly Channel[], collectorClass: string, options: AssignOptions): AssignedShard[] {
  const group: ShardGroup = { site: options.site, collectorClass, protocol: PROTOCOL };
  const limits = options.classes.get(collectorClass);
  const loads = new Map<number, Load>();
  const held = options.rebalance ? new Map<string, number>() : presentShards(group, options);
  const fresh: Channel[] = [];
  for (const channel of channels) {
    const index = held.get(channel.key);
    if (index === undefined) fresh.push(channel);
    else put(loads, index, channel);
  }
  if (options.rebalance) fresh.sort((a, b) => tagsOf(b) - tagsOf(a) || compareText(a.key, b.key));
  for (const channel of fresh) put(loads, chooseShard(loads, channel, limits), channel);
  const shards = [...loads.values()].sort((a, b) => a.index - b.index);
  return shards.map(({ index, channels: own }) => ({
    name: shardName(group, index),
    collectorClass,
    channels: own.sort((a, b) => compareText(a.key, b.key)),
  }));
}

/** Channel key → number of the shard that has it now. */
function presentShards(group: ShardGroup, { namespace, assignment }: AssignOptions): Map<string, number> {
  const prefix = `${namespace}/${shardPrefix(group)}-`;
  const held = new Map<string, number>();
  for (const [shard, keys] of Object.entries(assignment)) {
    if (!shard.startsWith(prefix)) continue;
    const index = Number(shard.slice(prefix.length));
    if (!Number.isInteger(index)) continue;
    for (const key of keys) held.set(key, Math.min(index, held.get(key) ?? index));
  }
  return held;
}

function chooseShard(loads: ReadonlyMap<number, Load>, channel: Channel, limits: ClassLimits | undefined): number {
  const devices = channel.config.devices.length;
  const tags = tagsOf(channel);
  const fitting = [...loads.values()].filter(
    (load) => limits !== undefined && load.devices + devices <= limits.maxDevices && load.tags + tags <= limits.maxTags,
  );
  fitting.sort((a, b) => a.tags - b.tags || a.devices - b.devices || a.index - b.index);
  return fitting[0]?.index ?? lowestFree(loads);
}

function lowestFree(loads: ReadonlyMap<number, Load>): number {
  let index = 0;
  while (loads.has(index)) index++;
  return index;
}

function put(loads: Map<number, Load>, index: number, channel: Channel): void {
  const load = loads.get(index) ?? { index, channels: [], devices: 0, tags: 0 };
  loads.set(index, load);
  load.channels.push(channel);
  load.devices += channel.config.devices.length;
  load.tags += tagsOf(channel);
}

const tagsOf = (channel: Channel): number => channel.config.devices.reduce((sum, device) => sum + device.tags.length, 0);
