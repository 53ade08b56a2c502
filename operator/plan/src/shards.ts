import { type ChannelConfig, FORMAT_VERSION, type ShardConfig } from '@kubeplant/crds/model';
import type { AssignedShard } from './assign.ts';
import { withinVolume } from './buffering.ts';
import { type ClassLimits, classOf } from './classes.ts';
import { revisionOf } from './canonical-json.ts';
import type { Channel } from './channels.ts';
import { isHeldElsewhere } from './held.ts';
import { asSimulated } from './merge-device.ts';
import type { PlanInput, PlannedShard } from './types.ts';

/** What the shards of a site have in common. */
export interface ShardContext {
  readonly site: string;
  readonly namespace: string;
  readonly tenant: string;
  /** Channels that a Simulation has taken over. */
  readonly overlay: ReadonlySet<string>;
  readonly input: Pick<PlanInput, 'held' | 'simulators' | 'host'>;
  readonly classes: ReadonlyMap<string, ClassLimits>;
  readonly buffering: ShardConfig['buffering'];
}

/** The configuration of each shard. Left out for now: a channel another collector still holds, and one whose simulator is not up yet. */
export function buildShards(assigned: readonly AssignedShard[], context: ShardContext): PlannedShard[] {
  const { site, namespace, tenant } = context;
  return assigned.map(({ name, collectorClass, channels }) => {
    const own = channels
      .filter(({ key }) => !isHeldElsewhere(context.input.held, namespace, name, key))
      .flatMap((channel) => inForce(channel, context) ?? []);
    const { highAvailability, onIsolation, drainTimeout, bufferSize } = classOf(context.classes, collectorClass);
    const onKubernetes = context.input.host.kind === 'kubernetes';
    const content = {
      formatVersion: FORMAT_VERSION,
      tenant,
      namespace,
      site,
      shard: name,
      collectorClass,
      protocol: 'ModbusTcp',
      buffering: onKubernetes ? withinVolume(context.buffering, bufferSize) : context.buffering,
      highAvailability: onKubernetes ? highAvailability : 'Off',
      onIsolation,
      drainTimeout,
    } as const;
    const revision = revisionOf({ ...content, channels: own.map(identityOf) });
    return { name, namespace, site, collectorClass, config: { ...content, revision, channels: own } };
  });
}

/** The channel as it is to be dialled. A simulated one never falls back to the real device. */
function inForce({ key, config }: Channel, { namespace, overlay, input }: ShardContext): ChannelConfig | undefined {
  if (!overlay.has(key)) return config;
  const endpoint = input.simulators[`${namespace}/${key}`];
  if (endpoint === undefined) return undefined;
  const { standby: _, ...rest } = config;
  return { ...rest, endpoint: { host: endpoint.host, port: endpoint.port }, simulated: true, devices: config.devices.map(asSimulated) };
}

const identityOf = ({ devices, ...rest }: ChannelConfig): unknown => ({
  ...rest,
  devices: devices.map(({ name, uid, revision }) => [name, uid, revision]),
});
