import type { Assignment } from './types.ts';

/** True when another collector still runs the channel: two must never poll one device. */
export function isHeldElsewhere(held: Assignment | undefined, namespace: string, shard: string, channel: string): boolean {
  if (held === undefined) return false;
  const own = `${namespace}/${shard}`;
  return Object.entries(held).some(([other, keys]) => other.startsWith(`${namespace}/`) && other !== own && keys.includes(channel));
}
