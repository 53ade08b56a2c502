import type { ScopedClient, TagId } from '../../ports.ts';
import { microsSql, toTimestamp } from '../micros.ts';
import type { Span } from './summary.ts';

const READ = `
SELECT t.tag_id, ${microsSql('o.started')}, ${microsSql('o.ended')}
FROM tag t JOIN device d ON d.tenant = t.tenant AND d.name = t.device
JOIN observed o ON o.device_id = d.device_id AND o.simulated = (t.origin = 'Simulated')
WHERE t.tag_id = ANY($1) AND o.started < $3::timestamptz AND o.ended > $2::timestamptz ORDER BY t.tag_id, o.started`;

/** Spans in which tags were confirmed, as far as they touch the span; not clipped. */
export async function readTagSpans(client: ScopedClient, tagIds: readonly TagId[], span: Span): Promise<ReadonlyMap<TagId, Span[]>> {
  const values = [tagIds, toTimestamp(span.fromUs), toTimestamp(span.toUs)];
  const { rows } = await client.query<[TagId, number, number]>({ text: READ, values, rowMode: 'array' });
  const found = new Map<TagId, Span[]>();
  for (const [tagId, fromUs, toUs] of rows) {
    const list = found.get(tagId);
    if (list === undefined) found.set(tagId, [{ fromUs, toUs }]);
    else list.push({ fromUs, toUs });
  }
  return found;
}
