import { createHash, createHmac } from 'node:crypto';

/** Token of a shard: HMAC-SHA-256 of the root key over tenant, site and shard, hexadecimal. Repeatable, so it is never stored. */
export function shardToken(rootKey: string | Uint8Array, tenant: string, site: string, shard: string): string {
  return createHmac('sha256', rootKey).update(['kubeplant/shard', tenant, site, shard].join('\n')).digest('hex');
}

/** What the api keeps of a token: its SHA-256, hexadecimal. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');
