import type { ScopedClient, StoredTag } from '../../ports.ts';
import { HISTORY_CLASSES, type RowTable, SEALED_SPAN_US, type SealedTable, sealedTableOf, tableOf } from '../history-tables.ts';
import { microsSql, toTimestamp } from '../micros.ts';
import type { Span } from './readings-source.ts';

/**
 * For the rest of the transaction. The planner knows little of the newest hour: it takes it for nearly empty, and would fetch and
 * sort all of it to find the first few thousand of its readings, which stand in that order in the index.
 */
const IN_INDEX_ORDER = 'SET LOCAL enable_bitmapscan = off';

/**
 * The beginning of a span (its end, descending) that holds at least so many readings, or the whole span where there are
 * fewer: so that a page of a long span unpacks a page, not the span. Holds all readings of the times at its edges.
 */
export async function narrowSpan(
  client: ScopedClient,
  tag: StoredTag,
  span: Span & { readonly rows: number; readonly order: 'asc' | 'desc' },
): Promise<Span> {
  const { fromUs, toUs, rows, order } = span;
  const values = [tag.tagId, toTimestamp(fromUs), toTimestamp(toUs), rows, ...(tag.text ? [] : [toTimestamp(toUs - SEALED_SPAN_US)])];
  await client.query(IN_INDEX_ORDER);
  const found = await client.query<[number | null]>({ text: edgeSql(tag, order), values, rowMode: 'array' });
  const edgeUs = found.rows[0]?.[0] ?? undefined;
  if (edgeUs === undefined) return { fromUs, toUs };
  return order === 'asc' ? { fromUs, toUs: Math.min(toUs, edgeUs) } : { fromUs: Math.max(fromUs, edgeUs), toUs };
}

/** The nearest of the edges at which one table alone has enough. */
function edgeSql(tag: StoredTag, order: 'asc' | 'desc'): string {
  const rows = HISTORY_CLASSES.map((historyClass) => rowsEdge(tableOf(historyClass, tag.text), order));
  const sealed = tag.text ? [] : HISTORY_CLASSES.map((historyClass) => sealedEdge(sealedTableOf(historyClass), order));
  return `SELECT ${order === 'asc' ? 'min' : 'max'}(edge) FROM (${[...rows, ...sealed].join('\nUNION ALL ')}) AS edges`;
}

const rowsEdge = (table: RowTable, order: 'asc' | 'desc'): string => `
(SELECT ${microsSql('time')} + ${order === 'asc' ? 1 : 0} AS edge FROM ${table}
WHERE tag_id = $1 AND time >= $2::timestamptz AND time < $3::timestamptz ORDER BY time ${order} OFFSET $4::int8 - 1 LIMIT 1)`;

/** Counts only half hours that lie inside the span as a whole. */
const sealedEdge = (table: SealedTable, order: 'asc' | 'desc'): string => `
(SELECT ${microsSql('start')} + ${order === 'asc' ? SEALED_SPAN_US : 0} FROM (
  SELECT start, sum(n) OVER (ORDER BY start ${order}) AS total FROM ${table}
  WHERE tag_id = $1 AND start >= $2::timestamptz AND start <= $5::timestamptz
) AS counted WHERE total >= $4::int8 ORDER BY start ${order} LIMIT 1)`;
