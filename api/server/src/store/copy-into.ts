import { once } from 'node:events';
import type pg from 'pg';
import { from } from 'pg-copy-streams';
import { copyChunks } from './copy-encoder.ts';
import type { RowTable } from './history-tables.ts';

/** Name of a table that takes a binary COPY. */
export type HistoryTable = RowTable | 'reading_out_of_window';

const READING = '(time, value, tag_id, received_delta_ms, status, flags)';

/** Columns in the order of the encoder. */
const columnsOf = (table: HistoryTable): string => (table === 'reading_out_of_window' ? '(time, tag_id, original_us)' : READING);

/** COPY encoded rows into a table of history, in the transaction of the client. */
export async function copyInto(client: Pick<pg.PoolClient, 'query'>, table: HistoryTable, parts: readonly Buffer[]): Promise<void> {
  if (parts.length > 0) await copyBytes(client, `COPY ${table} ${columnsOf(table)} FROM STDIN BINARY`, parts);
}

/** Send encoded rows to a binary COPY. */
export async function copyBytes(client: Pick<pg.PoolClient, 'query'>, sql: string, parts: readonly Buffer[]): Promise<void> {
  const stream = client.query(from(sql));
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
