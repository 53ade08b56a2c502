import type pg from 'pg';
import { to } from 'pg-copy-streams';
import { copyBytes } from '../copy-into.ts';
import type { RowTable, SealedTable } from '../history-tables.ts';
import { toTimestamp } from '../micros.ts';
import { baseUs, LISTS, UNPACKED } from '../readings/readings-source.ts';
import { CopyDecoder } from './copy-decoder.ts';
import { encodeSealed, SEALED_COLUMNS } from './encode-sealed.ts';
import { ReadingColumns } from './reading-columns.ts';
import { groupHalfHours, type HalfHour, sealReadings } from './seal-readings.ts';

/** Part of a partition or chunk: blocks of its file. */
export interface Piece {
  /** Name of the partition or chunk, quoted as SQL needs it. */
  readonly span: string;
  readonly table: RowTable;
  readonly sealed: SealedTable;
  readonly fromBlock: number;
  readonly toBlock: number;
}

/** Sealed rows with fewer readings are packed again together with new ones. */
const SMALL = 256;

/**
 * Pack the readings of a piece in one transaction: the statement that takes them out is the one that gives them to us, so
 * none is lost or doubled whenever it ends, and readers see them either as rows or packed. Returns how many.
 */
export async function packPiece(client: pg.ClientBase, piece: Piece): Promise<number> {
  await client.query('BEGIN');
  try {
    const columns = await takeRows(client, piece);
    const count = columns.length;
    if (count > 0) await copyBytes(client, `COPY ${piece.sealed} ${SEALED_COLUMNS} FROM STDIN BINARY`, await seal(client, piece, columns));
    await client.query('COMMIT');
    return count;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {}); // the connection may be gone, and the transaction with it
    throw error;
  }
}

async function takeRows(client: pg.ClientBase, { span, fromBlock, toBlock }: Piece): Promise<ReadingColumns> {
  const columns = new ReadingColumns();
  const decoder = new CopyDecoder(columns);
  const stream = client.query(
    to(`COPY (DELETE FROM ${span} WHERE ctid >= '(${fromBlock},0)' AND ctid < '(${toBlock},0)'
      RETURNING time, value, tag_id, received_delta_ms, status, flags) TO STDOUT BINARY`),
  );
  for await (const chunk of stream) decoder.push(chunk as Buffer); // copy streams are in bytes
  return columns;
}

async function seal(client: pg.ClientBase, piece: Piece, columns: ReadingColumns): Promise<Buffer[]> {
  let halfHours = groupHalfHours(columns);
  if (await reopen(client, piece, columns, halfHours)) halfHours = groupHalfHours(columns);
  return halfHours.map((halfHour) => encodeSealed(sealReadings(columns, halfHour)));
}

/** Small sealed rows of these half hours are taken out and their readings added; true if there were any. */
async function reopen(client: pg.ClientBase, piece: Piece, columns: ReadingColumns, halfHours: readonly HalfHour[]): Promise<boolean> {
  const starts = halfHours.map((one) => one.startUs);
  const found = await client.query<[number, number, number | null, number, number, number]>({
    text: `WITH s AS (
      DELETE FROM ${piece.sealed} t USING unnest($1::int4[], $2::timestamptz[]) AS k (tag_id, start)
      WHERE t.tag_id = k.tag_id AND t.start = k.start AND t.n <= ${SMALL} AND t.start BETWEEN $3::timestamptz AND $4::timestamptz RETURNING t.*, ${baseUs('t')} AS base_us
    ) SELECT tag_id, us, value, received_delta_ms, status, flags FROM (SELECT s.tag_id, ${UNPACKED} FROM s CROSS JOIN LATERAL ${LISTS}) AS unpacked`,
    values: [
      halfHours.map((one) => one.tagId),
      starts.map(toTimestamp),
      toTimestamp(Math.min(...new Set(starts))),
      toTimestamp(Math.max(...new Set(starts))),
    ],
    rowMode: 'array',
  });
  for (const [tagId, us, value, receivedDeltaMs, status, flags] of found.rows)
    columns.add(tagId, us, value ?? Number.NaN, receivedDeltaMs, status, flags);
  return found.rows.length > 0;
}
