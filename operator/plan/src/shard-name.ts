import { createHash } from 'node:crypto';

/** What the shards of one site, class and protocol have in common. */
export interface ShardGroup {
  readonly site: string;
  readonly collectorClass: string;
  readonly protocol: string;
}

/** `<site>-<6 hex of sha256(site/class/protocol)>`: short enough for the names of a StatefulSet and its pods. */
export function shardPrefix(group: ShardGroup): string {
  const digest = createHash('sha256').update(`${group.site}/${group.collectorClass}/${group.protocol}`).digest('hex');
  return `${group.site}-${digest.slice(0, 6)}`;
}

/** Name of the n-th shard of a group. */
export const shardName = (group: ShardGroup, index: number): string => `${shardPrefix(group)}-${index}`;
