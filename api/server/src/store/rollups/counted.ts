import type { ScopedClient, StoredTag } from '../../ports.ts';
import { toTimestamp } from '../micros.ts';
import type { Span } from './summary.ts';

const COUNTED = `
SELECT coalesce(sum(n + bad), 0)::float8 AS count FROM rollup_15m WHERE tag_id = $1 AND time >= $2::timestamptz AND time < $3::timestamptz`;

/** Readings of the quarters of an hour that begin in a span. */
export async function readCounted(client: ScopedClient, tag: StoredTag, span: Span): Promise<number> {
  const { rows } = await client.query<{ count: number }>(COUNTED, [tag.tagId, toTimestamp(span.fromUs), toTimestamp(span.toUs)]);
  return rows[0]?.count ?? 0;
}
