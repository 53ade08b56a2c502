import type { ScopedClient, StoredReading, StoredTag } from '../../ports.ts';
import { narrowSpan } from './narrow-span.ts';
import { compareReadings, READING_COLUMNS, type ReadingRow, readingOrder, toReading } from './reading-row.ts';
import { readingsSource, type Span } from './readings-source.ts';

interface Range extends Span {
  readonly limit: number;
  readonly order: 'asc' | 'desc';
  readonly cursor?: string;
}

/** A cursor that this store has not made. */
export class InvalidCursor extends Error {
  override name = 'InvalidCursor';
  readonly code = 'invalid-cursor';
}

/** Spans up to this are read without asking first how many readings they hold. */
const SHORT_SPAN_US = 7_200_000_000;

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
  if (start === undefined && range.toUs - range.fromUs <= SHORT_SPAN_US) {
    const all = await allReadings(client, tag, range);
    if (all !== undefined) return { readings: all };
  }
  const skip = start?.skip ?? 0;
  const span = await pageSpan(client, tag, range, start);
  const source = readingsSource(tag, span, 3);
  const text = `SELECT ${READING_COLUMNS} FROM (${source.sql}) AS readings ${readingOrder(range.order)} LIMIT $1 OFFSET $2`;
  const found = await client.query<ReadingRow>({ text, values: [range.limit + 1, skip, ...source.values], rowMode: 'array' });
  const readings = found.rows.slice(0, range.limit).map(toReading);
  if (found.rows.length <= range.limit) return { readings };
  return { readings, nextCursor: nextCursor(readings, start) };
}

/**
 * The whole range; undefined when it holds more than a page. Sorted here: they come nearly in order, and the server takes longer.
 * The statement has a name, since planning it would take longer than most of what it finds.
 */
async function allReadings(client: ScopedClient, tag: StoredTag, range: Range): Promise<StoredReading[] | undefined> {
  const { sql, values } = readingsSource(tag, range, 2);
  const text = `SELECT ${READING_COLUMNS} FROM (${sql}) AS readings LIMIT $1`;
  const name = tag.text ? 'all-texts' : 'all-readings';
  const { rows } = await client.query<ReadingRow>({ name, text, values: [range.limit + 1, ...values], rowMode: 'array' });
  return rows.length <= range.limit ? rows.sort(compareReadings(range.order)).map(toReading) : undefined;
}

interface Start {
  readonly timeUs: number;
  readonly skip: number;
}

/** What is left of the range after the cursor, as far as the page may reach. */
async function pageSpan(client: ScopedClient, tag: StoredTag, range: Range, start: Start | undefined): Promise<Span> {
  const descending = range.order === 'desc';
  const fromUs = start !== undefined && !descending ? start.timeUs : range.fromUs;
  const toUs = start !== undefined && descending ? start.timeUs + 1 : range.toUs;
  return narrowSpan(client, tag, { fromUs, toUs, rows: range.limit + 1 + (start?.skip ?? 0), order: range.order });
}

function nextCursor(readings: readonly StoredReading[], start: Start | undefined): string {
  const timeUs = readings.at(-1)?.timeUs ?? 0;
  let same = 0;
  while (same < readings.length && readings[readings.length - 1 - same]?.timeUs === timeUs) same += 1;
  const before = start !== undefined && start.timeUs === timeUs ? start.skip : 0;
  return Buffer.from(`${timeUs}.${before + same}`).toString('base64url');
}

function parseCursor(cursor: string): Start {
  const match = /^(-?\d{1,18})\.(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (match === null) throw new InvalidCursor(`"${cursor.slice(0, 40)}" is not a cursor; use nextCursor of the page before`);
  return { timeUs: Number(match[1]), skip: Number(match[2]) };
}
