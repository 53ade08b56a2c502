import type pg from 'pg';
import { microsSql } from './micros.ts';
import type { Layout } from './migrations/migration.ts';

/** A table that is kept in spans of time. */
export interface SpanTable {
  readonly name: string;
  /** Column that says when. */
  readonly column: string;
  /** Length of a span. */
  readonly days: number;
}

/** A partition or chunk. */
export interface HistorySpan<T extends SpanTable = SpanTable> {
  readonly table: T;
  /** As SQL needs it, schema included. */
  readonly name: string;
  /** First microsecond since 1970. */
  readonly fromUs: number;
  /** First microsecond that is not in it. */
  readonly toUs: number;
}

const PARTITIONS = `
SELECT format('%I.%I', n.nspname, c.relname) AS name, ${microsSql(`to_date(right(c.relname, 8), 'YYYYMMDD')::timestamp AT TIME ZONE 'UTC'`)} AS "fromUs",
  NULL::float8 AS "toUs"
FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE i.inhparent = $1::regclass`;

const CHUNKS = `
SELECT format('%I.%I', chunk_schema, chunk_name) AS name, ${microsSql('range_start')} AS "fromUs", ${microsSql('range_end')} AS "toUs"
FROM timescaledb_information.chunks WHERE format('%I.%I', hypertable_schema, hypertable_name)::regclass = $1::regclass`;

const DAY_US = 86_400_000_000;

/** Partitions or chunks of a table, the oldest first. */
export async function listSpans<T extends SpanTable>(
  client: Pick<pg.ClientBase, 'query'>,
  layout: Layout,
  table: T,
): Promise<HistorySpan<T>[]> {
  const sql = layout === 'partitions' ? PARTITIONS : CHUNKS;
  const found = await client.query<{ name: string; fromUs: number; toUs: number | null }>(`${sql} ORDER BY 2`, [table.name]);
  return found.rows.map(({ name, fromUs, toUs }) => ({ table, name, fromUs, toUs: toUs ?? fromUs + table.days * DAY_US }));
}
