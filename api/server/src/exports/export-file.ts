import type { ExportLimits } from './export-limits.ts';
import { appendPiece } from './export-pieces.ts';
import type { ExportRow } from './export-rows.ts';
import type { WithScope } from '../ports.ts';

/** The file of an export while it is written. */
export interface ExportFile {
  /** Add bytes with what they hold: so many readings more, and how far the file then is. */
  add(bytes: Uint8Array, readings: number, progress: number): Promise<'added' | 'ended' | 'full'>;
  /** Add the last bytes. */
  end(bytes: Uint8Array): Promise<'added' | 'ended' | 'full'>;
}

/** Stored when so much has come together. */
const PIECE_BYTES = 1 << 20;
/** Progress is told at least this often, and it is asked whether somebody has cancelled. */
const TELL_MS = 500;

/** Gathers bytes and stores them in pieces. */
export function createExportFile(
  deps: { readonly withScope: WithScope; readonly limits: ExportLimits; readonly now: () => number },
  row: ExportRow,
): ExportFile {
  let parts: Uint8Array[] = [];
  let held = 0;
  let readings = 0;
  let toldMs = deps.now();
  const take = (bytes: Uint8Array): void => {
    parts.push(bytes);
    held += bytes.length;
  };
  const store = async (progress: number): Promise<'added' | 'ended' | 'full'> => {
    const piece = Buffer.concat(parts);
    parts = [];
    held = 0;
    toldMs = deps.now();
    for (let at = 0; at === 0 || at < piece.length; at += PIECE_BYTES) {
      const outcome = await appendPiece(deps, row, piece.subarray(at, at + PIECE_BYTES), { readings, progress });
      if (outcome !== 'added') return outcome;
    }
    return 'added';
  };
  return {
    add: async (bytes, more, progress) => {
      take(bytes);
      readings += more;
      return held >= PIECE_BYTES || deps.now() - toldMs >= TELL_MS ? store(progress) : 'added';
    },
    end: (bytes) => {
      take(bytes);
      return store(1);
    },
  };
}
