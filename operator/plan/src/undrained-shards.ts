import type { AssignedShard } from './assign.ts';
import type { PlanInput } from './types.ts';

interface Place {
  readonly namespace: string;
  readonly site: string;
  readonly undrained: PlanInput['undrained'];
}

/** Shards of the site that nothing is assigned to any more and that still hold readings: they stay, without a channel. */
export function undrainedShards(assigned: readonly AssignedShard[], { namespace, site, undrained = {} }: Place): AssignedShard[] {
  const present = new Set(assigned.map(({ name }) => name));
  return Object.entries(undrained)
    .filter(([key, shard]) => shard.site === site && key.startsWith(`${namespace}/`) && !present.has(key.slice(namespace.length + 1)))
    .map(([key, { collectorClass }]) => ({ name: key.slice(namespace.length + 1), collectorClass, channels: [] }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
