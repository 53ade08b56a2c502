import type pg from 'pg';
import { splitRows } from '../store/copy-encoder.ts';
import { copyInto, type HistoryTable } from '../store/copy-into.ts';
import type { TablePart } from '../store/history-rows.ts';
import type { Batch } from './batch.ts';
import { isDataError } from './data-error.ts';
import type { PreparedBlock, QuarantineRow } from './prepared.ts';

type Client = Pick<pg.PoolClient, 'query'>;
type Source = Pick<PreparedBlock, 'shard' | 'run' | 'seq'>;

/** Rows of one source in one table; `firstRow` counts within the block. */
interface Part {
  readonly source: Source;
  readonly bytes: Buffer;
}

const CALCULATED: Source = { shard: '', run: 'calculated', seq: 0 };

/** Rows of all sources by table. */
function partsOf({ blocks, calculated }: Batch): Map<HistoryTable, Part[]> {
  const tables = new Map<HistoryTable, Part[]>();
  const add = (source: Source, parts: readonly TablePart[]): void => {
    for (const { table, bytes } of parts) {
      const part = { source, bytes };
      if (tables.get(table)?.push(part) === undefined) tables.set(table, [part]);
    }
  };
  for (const block of blocks) add(block, block.parts);
  add(CALCULATED, calculated.parts());
  return tables;
}

/** COPY all rows of a batch, a table at a time. */
export async function copyBlocks(client: Client, batch: Batch): Promise<void> {
  for (const [table, parts] of partsOf(batch)) {
    await copyInto(
      client,
      table,
      parts.map((part) => part.bytes),
    );
  }
}

/** As `copyBlocks`; what the database refuses is narrowed down: by stream, by block, by row, and left out. */
export async function copyCarefully(client: Client, batch: Batch): Promise<QuarantineRow[]> {
  const refused: QuarantineRow[] = [];
  for (const [table, parts] of partsOf(batch)) {
    const streams = Map.groupBy(parts, (part) => part.source.shard);
    for (const stream of streams.values()) await copyStream(client, table, stream, refused);
  }
  return refused;
}

async function copyStream(client: Client, table: HistoryTable, parts: readonly Part[], refused: QuarantineRow[]): Promise<void> {
  if ((await attempt(client, table, parts.map((part) => part.bytes))) === undefined) return; // biome-ignore format: one question
  for (const part of parts) {
    const rows = splitRows(part.bytes);
    await copyRows(client, table, part.source, rows, 0, refused);
  }
}

/** Halve until the rows that are refused stand alone. */
async function copyRows(
  client: Client,
  table: HistoryTable,
  source: Source,
  rows: readonly Buffer[],
  firstRow: number,
  refused: QuarantineRow[],
): Promise<void> {
  const reason = await attempt(client, table, rows);
  if (reason === undefined) return;
  if (rows.length === 1) {
    const body = rows[0];
    refused.push({
      ...identity(source),
      firstRow,
      rows: 1,
      reason: 'RefusedByDatabase',
      detail: `${table}: ${reason}`,
      ...(body === undefined ? {} : { body }),
    });
    return;
  }
  const middle = rows.length >> 1;
  await copyRows(client, table, source, rows.slice(0, middle), firstRow, refused);
  await copyRows(client, table, source, rows.slice(middle), firstRow + middle, refused);
}

const identity = ({ shard, run, seq }: Source): Source => ({ shard, run, seq });

/** The database's words when it refuses the data; undefined when it took them. */
async function attempt(client: Client, table: HistoryTable, parts: readonly Buffer[]): Promise<string | undefined> {
  await client.query('SAVEPOINT copying');
  try {
    await copyInto(client, table, parts);
    await client.query('RELEASE copying');
    return undefined;
  } catch (error) {
    if (!isDataError(error)) throw error;
    await client.query('ROLLBACK TO copying');
    return `${error.code} ${error.message}`;
  }
}
