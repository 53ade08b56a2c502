import { BLOCK_OVERHEAD_BYTES } from '../block/create-memory-buffer.ts';
import type { EncodedBlock } from '../block/block-buffer.ts';
import type { Range } from './range-set.ts';

/** The newest blocks of this run, in memory: all that are not safely on disk, and a few that are. */
export interface Tail {
  add(block: EncodedBlock): void;
  get(seq: number): EncodedBlock | undefined;
  remove(seq: number): void;
  /** Its place on disk is damaged: memory is the only one that has it. */
  pin(seq: number): void;
  /** The oldest block, and whether it is safely on disk. */
  oldest(): { readonly block: EncodedBlock; readonly synced: boolean } | undefined;
  /** Blocks that are not in a file yet, oldest first, as many as fit. */
  queued(maxBytes: number): readonly EncodedBlock[];
  /** Everything up to here is in a file. */
  setWritten(seq: number): void;
  /** What is in a file survives a loss of power. */
  setSynced(): void;
  /** What was written since the last sync may be gone: it is queued again. */
  forgetUnsynced(): void;
  /** Every file may be gone: all is queued again. */
  forgetFiles(): void;
  /** In rising order. */
  seqs(): readonly number[];
  ranges(): readonly Range[];
  readonly writtenSeq: number;
  readonly syncedSeq: number;
  readonly sizeBytes: number;
  /** Bytes that are not safely on disk. */
  readonly unsyncedBytes: number;
}

/** An empty tail. Blocks must be added in rising order of `seq`. */
export function createTail(): Tail {
  const blocks = new Map<number, EncodedBlock>(); // in the order they were added
  const pinned = new Set<number>();
  let highestSeq = 0;
  let sizeBytes = 0;
  let unsyncedBytes = 0;
  let writtenSeq = 0;
  let syncedSeq = 0;

  const sizeOf = ({ bytes }: EncodedBlock): number => bytes.length + BLOCK_OVERHEAD_BYTES;

  function countUnsynced(): number {
    let sum = 0;
    for (const block of blocks.values()) if (block.seq > syncedSeq) sum += sizeOf(block);
    return sum;
  }

  return {
    add: (block) => {
      blocks.set(block.seq, block);
      highestSeq = block.seq;
      sizeBytes += sizeOf(block);
      unsyncedBytes += sizeOf(block);
    },
    get: (seq) => blocks.get(seq),
    remove: (seq) => {
      const block = blocks.get(seq);
      if (block === undefined) return;
      blocks.delete(seq);
      pinned.delete(seq);
      sizeBytes -= sizeOf(block);
      if (seq > syncedSeq) unsyncedBytes -= sizeOf(block);
    },
    pin: (seq) => {
      if (blocks.has(seq)) pinned.add(seq);
    },
    oldest: () => {
      for (const block of blocks.values()) return { block, synced: block.seq <= syncedSeq && !pinned.has(block.seq) };
      return undefined;
    },
    queued: (maxBytes) => {
      const batch: EncodedBlock[] = [];
      if (highestSeq <= writtenSeq) return batch;
      const [oldestSeq = 1] = blocks.keys();
      let bytes = 0;
      for (let seq = Math.max(oldestSeq, writtenSeq + 1); seq <= highestSeq; seq++) {
        const block = blocks.get(seq);
        if (block === undefined) continue;
        if (bytes > 0 && bytes + block.bytes.length > maxBytes) break;
        bytes += block.bytes.length;
        batch.push(block);
      }
      return batch;
    },
    setWritten: (seq) => {
      writtenSeq = seq;
    },
    setSynced: () => {
      syncedSeq = writtenSeq;
      unsyncedBytes = countUnsynced();
    },
    forgetUnsynced: () => {
      writtenSeq = syncedSeq;
    },
    forgetFiles: () => {
      writtenSeq = 0;
      syncedSeq = 0;
      unsyncedBytes = sizeBytes;
    },
    seqs: () => [...blocks.keys()],
    ranges: () => {
      const ranges: { first: number; last: number }[] = [];
      for (const seq of blocks.keys()) {
        const range = ranges.at(-1);
        if (range?.last === seq - 1) range.last = seq;
        else ranges.push({ first: seq, last: seq });
      }
      return ranges;
    },
    get writtenSeq() {
      return writtenSeq;
    },
    get syncedSeq() {
      return syncedSeq;
    },
    get sizeBytes() {
      return sizeBytes;
    },
    get unsyncedBytes() {
      return unsyncedBytes;
    },
  };
}
