import { Block } from '@kubeplant/proto';

/** Largest block that is taken: a collector cuts far smaller ones. */
const MAX_BLOCK_BYTES = 8 << 20;
const MAX_RUN_LENGTH = 64;
/** Field 1, length-delimited; field 2, varint. */
const RUN_FIELD = 0x0a;
const SEQ_FIELD = 0x10;

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
  if (bytes[0] !== RUN_FIELD) return {};
  const length = readVarint(bytes, 1);
  if (length === undefined || length.value > MAX_RUN_LENGTH) return {};
  const seqAt = length.end + length.value;
  if (bytes[seqAt] !== SEQ_FIELD) return {};
  const run = new TextDecoder().decode(bytes.subarray(length.end, seqAt));
  const seq = readVarint(bytes, seqAt + 1);
  return seq !== undefined && checkIdentity(run, seq.value) === undefined ? { run, seq: seq.value } : {};
}

/** A varint of up to 53 bits; undefined when it is cut or longer. */
function readVarint(bytes: Uint8Array, at: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let index = 0; index < 8; index += 1) {
    const byte = bytes[at + index];
    if (byte === undefined) return undefined;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) return { value, end: at + index + 1 };
  }
  return undefined;
}
