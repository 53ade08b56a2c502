import { SPANNED_TABLES } from '../history-tables.ts';
import { type HistorySpan, listSpans, type SpanTable } from '../list-spans.ts';
import type { Layout } from '../migrations/migration.ts';
import { ROLLUP_SPANS } from '../rollups/levels.ts';
import type { Client } from './in-transaction.ts';

/** Tables that differ between the layouts. */
export const MOVED_TABLES: readonly SpanTable[] = [...SPANNED_TABLES, ...ROLLUP_SPANS.map((table) => ({ ...table, column: 'time' }))];

/**
 * Schema of what is still to be moved. Not another name: the indexes of all chunks would have to be renamed too, with
 * a lock for each.
 */
export const UNMOVED = 'kubeplant_unmoved';

/** Where what is still to be moved of a table lies. */
export const unmovedName = (table: string): string => `${UNMOVED}.${table}`;

export const otherLayout = (layout: Layout): Layout => (layout === 'partitions' ? 'hypertables' : 'partitions');

/** How a table is kept; undefined where there is none. */
export async function layoutOf(client: Client, table: string): Promise<Layout | undefined> {
  const found = await client.query<{ relkind: string }>('SELECT relkind FROM pg_class WHERE oid = to_regclass($1)', [table]);
  const [row] = found.rows;
  if (row === undefined) return undefined;
  return row.relkind === 'p' ? 'partitions' : 'hypertables';
}

/** A span with the room that it takes, indexes and all. */
export interface SizedSpan extends HistorySpan {
  readonly bytes: number;
}

/** What has to be moved of a table yet, the oldest first. Spans keep their names when the table goes to another schema. */
export async function unmovedSpans(client: Client, table: SpanTable, to: Layout): Promise<SizedSpan[]> {
  const turned = (await layoutOf(client, table.name)) === to;
  const source = turned ? unmovedName(table.name) : table.name;
  if ((await layoutOf(client, source)) === undefined) return [];
  const spans = await listSpans(client, otherLayout(to), { ...table, name: source });
  const sizes = await client.query<{ bytes: number }>(
    'SELECT pg_total_relation_size(name::regclass)::float8 AS bytes FROM unnest($1::text[]) WITH ORDINALITY AS span (name, nth) ORDER BY nth',
    [spans.map(({ name }) => name)],
  );
  return spans.map((span, index) => ({ ...span, bytes: sizes.rows[index]?.bytes ?? 0 }));
}

/** Rows of a table. Span by span, because a query over thousands of them takes more locks than a server has. */
export async function countRows(client: Client, table: SpanTable, layout: Layout): Promise<number> {
  let rows = 0;
  for (const { name } of await listSpans(client, layout, table)) rows += await countIn(client, name);
  return rows;
}

/** Rows of a span. */
export async function countIn(client: Client, span: string): Promise<number> {
  const counted = await client.query<{ rows: number }>(`SELECT count(*)::float8 AS rows FROM ${span}`);
  return counted.rows[0]?.rows ?? 0;
}
