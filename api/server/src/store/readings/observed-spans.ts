import type { ScopedClient, StoredTag } from '../../ports.ts';
import { microsSql, toTimestamp } from '../micros.ts';

const OBSERVED = `
SELECT ${microsSql('greatest(o.started, $3::timestamptz)')}, ${microsSql('least(o.ended, $4::timestamptz)')}
FROM observed o JOIN device d USING (device_id)
WHERE d.tenant = $1 AND d.name = $2 AND o.simulated = $5 AND o.started < $4::timestamptz AND o.ended > $3::timestamptz
ORDER BY o.started`;

/** Spans of the device of a tag, clipped to the range. */
export async function observedSpans(
  client: ScopedClient,
  tag: StoredTag,
  range: { readonly fromUs: number; readonly toUs: number },
): Promise<readonly { fromUs: number; untilUs: number }[]> {
  const values = [tag.tenant, tag.device, toTimestamp(range.fromUs), toTimestamp(range.toUs), tag.origin === 'Simulated'];
  const found = await client.query<[number, number]>({ text: OBSERVED, values, rowMode: 'array' });
  return found.rows.map(([fromUs, untilUs]) => ({ fromUs, untilUs }));
}
