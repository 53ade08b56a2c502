import type { ScopedClient, TagId } from '../../ports.ts';
import { microsSql, toTimestamp } from '../micros.ts';
import type { Bucket } from './bucket.ts';
import type { Level } from './levels.ts';
import type { Span, Summary } from './summary.ts';

type Row = [
  ...[tagId: TagId, fromUs: number, n: number, bad: number],
  ...[sum: number | null, min: number | null, max: number | null, first: number | null, last: number | null],
  ...[firstUs: number | null, lastUs: number | null, headUs: number | null, tailUs: number | null],
  ...[discontinuity: boolean, integral: number, goodMs: number, increase: number | null, durations: Record<string, number> | null],
];

const COLUMNS = `tag_id, ${microsSql('time')}, n, bad, sum, min, max, first, last,
first_us::float8, last_us::float8, head_us::float8, tail_us::float8, discontinuity, integral, good_ms, increase, durations`;

const PAGE = 5_000;

/** Sums of a tag in order of time, a page at a time. */
export async function* readSummaries(client: ScopedClient, level: Level, tagId: TagId, span: Span): AsyncGenerator<Summary[]> {
  const text = `SELECT ${COLUMNS} FROM ${level.table} WHERE tag_id = $1 AND time >= $2::timestamptz AND time < $3::timestamptz ORDER BY time LIMIT ${PAGE}`;
  for (let { fromUs } = span; fromUs < span.toUs; ) {
    const values = [tagId, toTimestamp(fromUs), toTimestamp(span.toUs)];
    const { rows } = await client.query<Row>({ text, values, rowMode: 'array' });
    if (rows.length > 0) yield rows.map(toSummary);
    fromUs = rows.length < PAGE ? span.toUs : (rows.at(-1)?.[1] ?? 0) + 1;
  }
}

function toSummary(row: Row): Summary {
  const [, fromUs, n, bad, sum, min, max, first, last, firstUs, lastUs, headUs, tailUs, discontinuity, integral, goodMs] = row;
  const [increase, durations] = row.slice(16) as [number | null, Record<string, number> | null]; // the last two of the row
  return {
    ...{ fromUs, n, bad, sum: sum ?? 0, min: min ?? Number.POSITIVE_INFINITY, max: max ?? Number.NEGATIVE_INFINITY },
    ...{ first: first ?? Number.NaN, firstUs: fromUs + (firstUs ?? 0), last: last ?? Number.NaN, lastUs: fromUs + (lastUs ?? 0) },
    ...{ headUs: headUs === null ? undefined : fromUs + headUs, tailUs: tailUs === null ? undefined : fromUs + tailUs },
    ...{ discontinuity, integral, goodMs, increase: increase ?? 0 },
    durations: durations === null ? undefined : new Map(Object.entries(durations).map(([value, ms]) => [Number(value), ms])),
  };
}

const ARRAYS = [
  ...['int4', 'timestamptz', 'int4', 'int4', 'float8', 'float8', 'float8', 'float8', 'float8'],
  ...['int8', 'int8', 'int8', 'int8', 'boolean', 'float8', 'float8', 'float8', 'jsonb'],
]
  .map((type, index) => `$${index + 1}::${type}[]`)
  .join(', ');

/** Sums of one tag. */
export interface TagBuckets {
  readonly tagId: TagId;
  readonly buckets: readonly Bucket[];
}

/** Put new sums in the place of those of a span. */
export async function replaceSummaries(client: ScopedClient, level: Level, span: Span, sums: readonly TagBuckets[]): Promise<void> {
  const remove = `DELETE FROM ${level.table} WHERE tag_id = ANY($1) AND time >= $2::timestamptz AND time < $3::timestamptz`;
  await client.query(remove, [sums.map(({ tagId }) => tagId), toTimestamp(span.fromUs), toTimestamp(span.toUs)]);
  const rows = sums.flatMap(({ tagId, buckets }) => buckets.map((bucket) => toColumns(tagId, bucket)));
  if (rows.length === 0) return;
  const columns = Array.from({ length: 18 }, (_, index) => rows.map((row) => row[index]));
  const insert = `INSERT INTO ${level.table} (tag_id, time, n, bad, sum, min, max, first, last, first_us, last_us, head_us, tail_us,
    discontinuity, integral, good_ms, increase, durations) SELECT * FROM unnest(${ARRAYS})`;
  await client.query(insert, columns);
}

function toColumns(tagId: TagId, bucket: Bucket): unknown[] {
  const { fromUs, n, bad, sum, min, max, first, last, firstUs, lastUs, headUs, tailUs, discontinuity, integral, goodMs, increase } = bucket;
  const figures = n === 0 ? [null, null, null, null, null, null, null] : [sum, min, max, first, last, firstUs - fromUs, lastUs - fromUs];
  const edges = [headUs, tailUs].map((us) => (us === undefined ? null : us - fromUs));
  const durations =
    bucket.durations === undefined || bucket.durations.size === 0 ? null : JSON.stringify(Object.fromEntries(bucket.durations));
  return [
    tagId,
    toTimestamp(fromUs),
    n,
    bad,
    ...figures,
    ...edges,
    discontinuity,
    integral,
    goodMs,
    increase === 0 ? null : increase,
    durations,
  ];
}
