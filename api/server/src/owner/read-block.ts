import { BinaryReader } from '@bufbuild/protobuf/wire';
import { Block } from '@kubeplant/proto';

/** Largest block that is taken: a collector cuts far smaller ones. */
const MAX_BLOCK_BYTES = 8 << 20;
const MAX_RUN_LENGTH = 64;

/** A block that can be stored, or why it cannot; run and seq where they could be read. */
export type ReadBlock =
  | { readonly kind: 'block'; readonly block: Block }
  | { readonly kind: 'malformed'; readonly reason: string; readonly run?: string; readonly seq?: number };

/** Decode a block and check that its columns agree. Never throws. */
export function readBlock(bytes: Uint8Array): ReadBlock {
  if (bytes.length > MAX_BLOCK_BYTES)
    return { kind: 'malformed', reason: `a block of ${bytes.length} bytes; at most ${MAX_BLOCK_BYTES} are taken`, ...readIdentity(bytes) };
  let block: Block;
  try {
    block = Block.decode(bytes);
  } catch (error) {
    return { kind: 'malformed', reason: `not a Block: ${error instanceof Error ? error.message : String(error)}`, ...readIdentity(bytes) };
  }
  const reason = checkIdentity(block.run, block.seq) ?? checkColumns(block);
  return reason === undefined ? { kind: 'block', block } : { kind: 'malformed', reason, ...readIdentity(bytes) };
}

function checkIdentity(run: string, seq: number): string | undefined {
  if (run === '' || run.length > MAX_RUN_LENGTH) return `run has ${run.length} characters; a ULID has 26`;
  if (!Number.isSafeInteger(seq) || seq < 1) return `seq is ${seq}; blocks are numbered from 1`;
  return undefined;
}

function checkColumns(block: Block): string | undefined {
  const rows = block.tag.length;
  if (block.timeDeltaUs.length !== rows) return `${block.timeDeltaUs.length} times for ${rows} readings`;
  if (block.value.length !== rows) return `${block.value.length} values for ${rows} readings`;
  for (const column of ['status', 'flags', 'receivedDeltaUs'] as const) {
    const length = block[column].length;
    if (length !== 0 && length !== rows) return `${length} entries of ${column} for ${rows} readings`;
  }
  if (block.status.some((status) => status > 0xffff)) return 'a status beyond 16 bits';
  if (block.flags.some((flags) => flags > 0x7fff)) return 'flags beyond 15 bits';
  if (block.texts.some((text) => text.status > 0xffff || text.flags > 0x7fff)) return 'a status or flags of a text beyond their bits';
  return undefined;
}

/** Run and seq are the first two fields: often readable where the rest is not, so that the block can be acknowledged. */
function readIdentity(bytes: Uint8Array): { run?: string; seq?: number } {
  const found: { run?: string; seq?: number } = {};
  try {
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len && (found.run === undefined || found.seq === undefined)) {
      const tag = reader.uint32();
      if (tag === 10) found.run = reader.string();
      else if (tag === 16) found.seq = Number(reader.uint64());
      else reader.skip(tag & 7);
    }
  } catch {
    // what was read before stays
  }
  return found.run !== undefined && found.seq !== undefined && checkIdentity(found.run, found.seq) === undefined ? found : {};
}
