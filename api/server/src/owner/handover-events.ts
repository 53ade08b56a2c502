import type { EventRow } from './prepared.ts';
import type { Handover } from './shard-standing.ts';

/** Journalled when a shard goes from one collector to another. */
export function handoverEvents(shard: string, { from, to, why }: Handover, nowUs: number): EventRow[] {
  if (from === '') return [];
  const message = `collector ${to} is active for shard ${shard} in place of ${from}: ${why}`;
  return [{ timeUs: nowUs, kind: 'CollectorTookOver', message, details: { shard, from, to, why } }];
}
