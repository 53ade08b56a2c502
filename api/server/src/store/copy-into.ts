import { once } from 'node:events';
import type pg from 'pg';
import { from } from 'pg-copy-streams';
import { copyChunks } from './copy-encoder.ts';

/** Tables that take a binary COPY, with the columns in the order of the encoder. */
const COLUMNS = {
  reading: '(time, value, tag_id, received_delta_ms, status, flags)',
  reading_text: '(time, value, tag_id, received_delta_ms, status, flags)',
  reading_out_of_window: '(time, tag_id, original_us)',
} as const;

/** Name of a table of history. */
export type HistoryTable = keyof typeof COLUMNS;

/** COPY encoded rows into a table of history, in the transaction of the client. */
export async function copyInto(client: Pick<pg.PoolClient, 'query'>, table: HistoryTable, parts: readonly Buffer[]): Promise<void> {
  if (parts.length === 0) return;
  const stream = client.query(from(`COPY ${table} ${COLUMNS[table]} FROM STDIN BINARY`));
  const finished = new Promise<void>((resolve, reject) => {
    stream.once('finish', resolve);
    stream.on('error', reject); // stays: it may come twice, from the server and from the connection
  });
  finished.catch(() => {}); // awaited below; a failure while waiting for `drain` must not be unhandled
  for (const chunk of copyChunks(parts)) {
    if (!stream.write(chunk)) await Promise.race([once(stream, 'drain'), finished]);
  }
  stream.end();
  await finished;
}
