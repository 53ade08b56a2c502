import type { Assignment } from './types.ts';

/** True when another collector still runs the channel: two must never poll one device. */
export function isHeldElsewhere(held: Assignment | undefined, namespace: string, shard: string, channel: string): boolean {
  if (held === undefined) return false;
  return Object.entries(held).some(([name, keys]) => {
    const other = name.includes('/') ? name : `${namespace}/${name}`;
    return other.startsWith(`${namespace}/`) && other !== `${namespace}/${shard}` && keys.includes(channel);
  });
}
