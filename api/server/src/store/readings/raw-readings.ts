import type { ScopedClient, StoredReading, StoredTag } from '../../ports.ts';
import { toTimestamp } from '../micros.ts';
import { READING_COLUMNS, type ReadingRow, tableOf, toReading } from './reading-row.ts';

interface Range {
  readonly fromUs: number;
  readonly toUs: number;
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly cursor?: string;
}

/** A cursor that this store has not made. */
export class InvalidCursor extends Error {
  override name = 'InvalidCursor';
  readonly code = 'invalid-cursor';
}

/**
 * One page. A tag may have several readings of one time, so the cursor is the last time and how many of that time have
 * been given; readings of one time are ordered by what they hold.
 */
export async function rawReadings(
  client: ScopedClient,
  tag: StoredTag,
  range: Range,
): Promise<{ readings: StoredReading[]; nextCursor?: string }> {
  const start = range.cursor === undefined ? undefined : parseCursor(range.cursor);
  const descending = range.order === 'desc';
  const fromUs = start !== undefined && !descending ? start.timeUs : range.fromUs;
  const toUs = start !== undefined && descending ? start.timeUs + 1 : range.toUs;
  const order = descending ? 'DESC' : 'ASC';
  const sql = `SELECT ${READING_COLUMNS} FROM ${tableOf(tag)} WHERE tag_id = $1 AND time >= $2::timestamptz AND time < $3::timestamptz
    ORDER BY time ${order}, received_delta_ms, status, flags, value LIMIT $4 OFFSET $5`;
  const skip = start?.skip ?? 0;
  const values = [tag.tagId, toTimestamp(fromUs), toTimestamp(toUs), range.limit + 1, skip];
  const found = await client.query<ReadingRow>({ text: sql, values, rowMode: 'array' });
  const readings = found.rows.slice(0, range.limit).map(toReading);
  if (found.rows.length <= range.limit) return { readings };
  return { readings, nextCursor: nextCursor(readings, start) };
}

function nextCursor(readings: readonly StoredReading[], start: { timeUs: number; skip: number } | undefined): string {
  const timeUs = readings.at(-1)?.timeUs ?? 0;
  let same = 0;
  while (same < readings.length && readings[readings.length - 1 - same]?.timeUs === timeUs) same += 1;
  const before = start !== undefined && start.timeUs === timeUs ? start.skip : 0;
  return Buffer.from(`${timeUs}.${before + same}`).toString('base64url');
}

function parseCursor(cursor: string): { timeUs: number; skip: number } {
  const match = /^(-?\d{1,18})\.(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null) throw new InvalidCursor(`"${cursor.slice(0, 40)}" is not a cursor; use nextCursor of the page before`);
  return { timeUs: Number(match[1]), skip: Number(match[2]) };
}
