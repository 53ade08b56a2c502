import type { ScopedClient, StoredReading, StoredTag } from '../../ports.ts';
import { narrowSpan } from './narrow-span.ts';
import { READING_COLUMNS, type ReadingRow, readingOrder, toReading } from './reading-row.ts';
import { readingsSource, type Span } from './readings-source.ts';

/** Readings of a chunk, about: a chunk has all readings of its times. */
const CHUNK = 5_000;

/** All readings of a range in time order: memory for one chunk, however long the range. Each reading is given once, packed meanwhile or not. */
export async function* streamReadings(client: ScopedClient, tag: StoredTag, range: Span): AsyncGenerator<readonly StoredReading[]> {
  for (let fromUs = range.fromUs; fromUs < range.toUs; ) {
    const span = await narrowSpan(client, tag, { fromUs, toUs: range.toUs, rows: CHUNK, order: 'asc' });
    const { sql, values } = readingsSource(tag, span);
    const text = `SELECT ${READING_COLUMNS} FROM (${sql}) AS readings ${readingOrder('asc')}`;
    const chunk = await client.query<ReadingRow>({ text, values: [...values], rowMode: 'array' });
    if (chunk.rows.length > 0) yield chunk.rows.map(toReading);
    fromUs = span.toUs;
  }
}
