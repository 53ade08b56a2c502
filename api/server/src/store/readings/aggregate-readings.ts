import type { AggregateBucket, ScopedClient, StoredTag } from '../../ports.ts';
import { GOOD_SQL } from '../status-code.ts';
import { type ReadingsSource, readingsSource } from './readings-source.ts';

interface Range {
  readonly fromUs: number;
  readonly toUs: number;
  readonly intervalUs: number;
  readonly limit: number;
}

type BucketRow = [number, number | null, number | null, number | null, number | null, number | null, number, number];

/** Buckets aligned to 1970, from raw rows; only good values count in avg, min, max, first and last. */
export async function aggregateReadings(client: ScopedClient, tag: StoredTag, range: Range): Promise<AggregateBucket[]> {
  const source = readingsSource(tag, range, 3);
  const values = [range.intervalUs, range.limit, ...source.values];
  const found = await client.query<BucketRow>({ text: bucketSql(tag, source), values, rowMode: 'array' });
  return found.rows.map(([timeUs, avg, min, max, first, last, count, bad]) => ({ timeUs, avg, min, max, first, last, count, bad }));
}

/** The earliest and latest values are least and greatest [time, value]: no sorting, no memory. */
function bucketSql(tag: StoredTag, source: ReadingsSource): string {
  const numbers = tag.text
    ? 'NULL::float8, NULL::float8, NULL::float8, NULL::float8, NULL::float8'
    : `avg(value) FILTER (WHERE good), min(value) FILTER (WHERE good), max(value) FILTER (WHERE good),
       (min(ARRAY[us, value]) FILTER (WHERE good))[2], (max(ARRAY[us, value]) FILTER (WHERE good))[2]`;
  return `
SELECT bucket, ${numbers}, (count(*) FILTER (WHERE good))::float8, (count(*) FILTER (WHERE NOT good))::float8
FROM (
  SELECT floor(us / $1::float8) * $1::float8 AS bucket, us, value, ${GOOD_SQL} AS good FROM (${source.sql}) AS readings
) AS rows
GROUP BY bucket ORDER BY bucket LIMIT $2`;
}
