import type { ScopedClient, StoredReading, StoredTag } from '../../ports.ts';
import { toTimestamp } from '../micros.ts';
import { READING_COLUMNS, type ReadingRow, tableOf, toReading } from './reading-row.ts';

const CHUNK = 5_000;
let cursors = 0;

/** All readings of a range in time order through a cursor: memory for one chunk, however long the range. */
export async function* streamReadings(
  client: ScopedClient,
  tag: StoredTag,
  range: { readonly fromUs: number; readonly toUs: number },
): AsyncGenerator<readonly StoredReading[]> {
  cursors = (cursors + 1) % 1_000_000;
  const cursor = `readings_${cursors}`;
  const select = `SELECT ${READING_COLUMNS} FROM ${tableOf(tag)} WHERE tag_id = $1 AND time >= $2::timestamptz AND time < $3::timestamptz ORDER BY time`;
  await client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${select}`, [tag.tagId, toTimestamp(range.fromUs), toTimestamp(range.toUs)]);
  try {
    for (;;) {
      const chunk = await client.query<ReadingRow>({ text: `FETCH ${CHUNK} FROM ${cursor}`, rowMode: 'array' });
      if (chunk.rows.length > 0) yield chunk.rows.map(toReading);
      if (chunk.rows.length < CHUNK) return;
    }
  } finally {
    await client.query(`CLOSE ${cursor}`).catch(() => {}); // the transaction may have failed: the cursor is gone with it
  }
}
