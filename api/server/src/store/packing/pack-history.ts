import type pg from 'pg';
import { sealedTableOf, SPANNED_TABLES, type RowTable, type SpannedTable } from '../history-tables.ts';
import { type HistorySpan, listSpans } from '../list-spans.ts';
import type { Layout } from '../migrations/migration.ts';
import type { Partitions } from '../partitions.ts';
import { packPiece } from './pack-piece.ts';

interface Deps {
  /** Of the login that owns the tables. */
  readonly client: pg.ClientBase;
  readonly layout: Layout;
  readonly partitions: Partitions;
  readonly nowUs: () => number;
  /** Days that began this long ago are packed. */
  readonly packAfterUs: number;
  /** Readings packed since the last call. */
  readonly onProgress: (readings: number) => void;
  readonly signal: AbortSignal;
  /** Blocks of a transaction; absent: 64 MiB, about a million readings. */
  readonly pieceBlocks?: number;
}

const PIECE_BLOCKS = 8_192;
const BLOCK_BYTES = 8_192;
/** An index that is larger than this though its table is empty is made anew. */
const IDLE_INDEX_BYTES = 1 << 20;

/** Pack the readings of all days that are old enough, those that came late too. Ends early, between two transactions, when the signal says so. */
export async function packHistory(deps: Deps): Promise<void> {
  const { client, layout, nowUs, packAfterUs, signal } = deps;
  // Where the server has it, lz4 is several times faster than the default.
  await client.query(`SELECT set_config('default_toast_compression', 'lz4', false) FROM pg_settings
    WHERE name = 'default_toast_compression' AND 'lz4' = ANY (enumvals)`);
  for (const table of SPANNED_TABLES.filter((one) => one.kind === 'numbers'))
    for (const span of await listSpans(client, layout, table)) {
      if (signal.aborted) return;
      if (span.fromUs + packAfterUs <= nowUs()) await packSpan(deps, span);
    }
}

async function packSpan(deps: Deps, span: HistorySpan<SpannedTable>): Promise<void> {
  const { client, partitions, onProgress, signal, pieceBlocks = PIECE_BLOCKS } = deps;
  const size = await sizeOf(client, span);
  if (size.blocks > 0) await partitions.ensure(span.fromUs, span.toUs - 1);
  let packed = 0;
  for (let fromBlock = 0; fromBlock < size.blocks && !signal.aborted; fromBlock += pieceBlocks) {
    const piece = { fromBlock, toBlock: fromBlock + pieceBlocks, span: span.name, table: span.table.name as RowTable }; // kind is numbers
    const readings = await packPiece(client, { ...piece, sealed: sealedTableOf(span.table.historyClass) });
    packed += readings;
    onProgress(readings);
  }
  if (size.blocks > 0) await client.query(`VACUUM (ANALYZE) ${span.name}`);
  const rest = packed > 0 || size.indexBytes > IDLE_INDEX_BYTES ? await sizeOf(client, span) : size;
  if (rest.blocks === 0 && rest.indexBytes > IDLE_INDEX_BYTES) await shrinkIndex(client, span.name);
}

async function sizeOf(client: pg.ClientBase, { name }: HistorySpan): Promise<{ blocks: number; indexBytes: number }> {
  const found = await client.query<{ blocks: number; indexBytes: number }>(
    `SELECT (pg_relation_size($1) / ${BLOCK_BYTES})::float8 AS blocks, pg_indexes_size($1)::float8 AS "indexBytes"`,
    [name],
  );
  return found.rows[0] ?? { blocks: 0, indexBytes: 0 };
}

/** Vacuum empties an index but does not shrink it. Whoever uses the table now goes first: then it is for the next run. */
async function shrinkIndex(client: pg.ClientBase, span: string): Promise<void> {
  await client.query(`SET lock_timeout = '500ms'`);
  try {
    await client.query(`REINDEX TABLE ${span}`);
  } catch (error) {
    if ((error as { code?: string }).code !== '55P03') throw error; // lock_not_available
  } finally {
    await client.query('RESET lock_timeout');
  }
}
