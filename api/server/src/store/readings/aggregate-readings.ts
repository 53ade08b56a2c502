import type { AggregateBucket, ScopedClient, StoredTag } from '../../ports.ts';
import { microsSql, toTimestamp } from '../micros.ts';
import { GOOD_SQL } from '../status-code.ts';
import { tableOf } from './reading-row.ts';

interface Range {
  readonly fromUs: number;
  readonly toUs: number;
  readonly intervalUs: number;
  readonly limit: number;
}

type BucketRow = [number, number | null, number | null, number | null, number | null, number | null, number, number];

/** Buckets aligned to 1970, from raw rows; only good values count in avg, min, max, first and last. */
export async function aggregateReadings(client: ScopedClient, tag: StoredTag, range: Range): Promise<AggregateBucket[]> {
  const values = [tag.tagId, toTimestamp(range.fromUs), toTimestamp(range.toUs), range.intervalUs, range.limit];
  const found = await client.query<BucketRow>({ text: bucketSql(tag), values, rowMode: 'array' });
  return found.rows.map(([timeUs, avg, min, max, first, last, count, bad]) => ({ timeUs, avg, min, max, first, last, count, bad }));
}

/** The earliest and latest values are least and greatest [time, value]: no sorting, no memory. */
function bucketSql(tag: StoredTag): string {
  const numbers = tag.text
    ? 'NULL::float8, NULL::float8, NULL::float8, NULL::float8, NULL::float8'
    : `avg(value) FILTER (WHERE good), min(value) FILTER (WHERE good), max(value) FILTER (WHERE good),
       (min(ARRAY[us, value]) FILTER (WHERE good))[2], (max(ARRAY[us, value]) FILTER (WHERE good))[2]`;
  return `
SELECT ${microsSql('bucket')}, ${numbers}, (count(*) FILTER (WHERE good))::float8, (count(*) FILTER (WHERE NOT good))::float8
FROM (
  SELECT date_bin($4::float8 * interval '1 microsecond', time, 'epoch'::timestamptz) AS bucket, date_part('epoch', time) AS us, value, ${GOOD_SQL} AS good
  FROM ${tableOf(tag)} WHERE tag_id = $1 AND time >= $2::timestamptz AND time < $3::timestamptz
) AS rows
GROUP BY bucket ORDER BY bucket LIMIT $5`;
}
