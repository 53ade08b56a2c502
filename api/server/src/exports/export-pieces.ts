import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import type { ScopedClient, WithScope } from '../ports.ts';
import type { ExportLimits } from './export-limits.ts';

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);
const nobody = { grants: [] };
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** How far a file is. */
export interface Written {
  readonly readings: number;
  readonly progress: number;
}

/** An export that is being written: which, and as which of its attempts. */
export interface Attempt {
  readonly id: string;
  readonly attempt: number;
}

/** Takes a piece only while this attempt is the one that writes: after a cancellation, or when another process has begun anew, nothing is added. */
const APPEND = `
WITH live AS (
  UPDATE export SET readings = $3, progress = $4, size_bytes = size_bytes + $5::int4, stored_bytes = stored_bytes + length($6::bytea)
  WHERE export_id = $1 AND attempt = $2 AND state = 'Running' RETURNING size_bytes - $5::int4 AS from_byte, user_id
), added AS (
  INSERT INTO export_piece (export_id, from_byte, size_bytes, bytes) SELECT $1, from_byte, $5, $6 FROM live WHERE $5 > 0
)
SELECT (SELECT coalesce(sum(stored_bytes), 0)::float8 FROM export WHERE user_id = live.user_id) + length($6::bytea) AS "ownBytes",
  (SELECT coalesce(sum(stored_bytes), 0)::float8 FROM export) + length($6::bytea) AS bytes FROM live`;

/** Add to the end of a file. `ended`: this attempt is no longer the one that writes; `full`: there is no room for more. */
export async function appendPiece(
  { withScope, limits }: { readonly withScope: WithScope; readonly limits: ExportLimits },
  { id, attempt }: Attempt,
  piece: Uint8Array,
  { readings, progress }: Written,
): Promise<'added' | 'ended' | 'full'> {
  const packed = await compress(piece, FAST);
  const values = [id, attempt, readings, progress, piece.length, packed];
  const { rows } = await withScope(nobody, (client) => client.query<{ ownBytes: number; bytes: number }>(APPEND, values));
  const [used] = rows;
  if (used === undefined) return 'ended';
  return used.ownBytes > limits.bytesPerUser || used.bytes > limits.bytesOfAll ? 'full' : 'added';
}

const PIECE = `SELECT from_byte::float8 AS "fromByte", bytes FROM export_piece
WHERE export_id = $1 AND from_byte <= $2::int8 ORDER BY from_byte DESC LIMIT 1`;

interface Piece {
  readonly fromByte: number;
  readonly bytes: Buffer;
}

/** Bytes of a file from a place to before another, piece by piece: no transaction is open while the reader takes them. */
export async function* readFileBytes(
  inTransaction: (run: (client: ScopedClient) => Promise<Piece | undefined>) => Promise<Piece | undefined>,
  id: string,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<Uint8Array> {
  for (let at = from; at < to; ) {
    const piece = await inTransaction(async (client) => (await client.query<Piece>(PIECE, [id, at])).rows[0]);
    const bytes = piece === undefined ? Buffer.alloc(0) : await decompress(piece.bytes);
    const part = bytes.subarray(at - (piece?.fromByte ?? 0), to - (piece?.fromByte ?? 0));
    if (part.length === 0) throw new Error(`the file of the export ${id} ends at byte ${at}, before ${to}: it was deleted`);
    yield part;
    at += part.length;
  }
}
