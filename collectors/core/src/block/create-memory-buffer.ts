import type { BlockBuffer, EncodedBlock } from './block-buffer.ts';

/** What a memory buffer needs. */
export interface MemoryBufferOptions {
  readonly maxBytes: number;
  /** The oldest block went away to make room: the first of an episode, which ends when the buffer is half empty. */
  readonly onEpisode: (dropped: EncodedBlock) => void;
  /** Each block that went away. */
  readonly onDrop: (dropped: EncodedBlock) => void;
}

/** Objects and map entries of a block beside its bytes. */
const OVERHEAD_BYTES = 256;

/** Blocks of one run in memory. When it is full the oldest goes, and what was lost is told with the next block. */
export function createMemoryBuffer({ maxBytes, onEpisode, onDrop }: MemoryBufferOptions): BlockBuffer {
  const blocks = new Map<number, EncodedBlock>();
  let lowest = 1;
  let highest = 0;
  let sizeBytes = 0;
  let untold = 0;
  let lost = 0;

  function remove(block: EncodedBlock): void {
    blocks.delete(block.seq);
    sizeBytes -= block.bytes.length + OVERHEAD_BYTES;
    while (lowest <= highest && !blocks.has(lowest)) lowest++;
    if (sizeBytes < maxBytes / 2) lost = 0;
  }

  function dropOldest(): void {
    const oldest = blocks.get(lowest);
    if (oldest === undefined) return;
    if (lost === 0) onEpisode(oldest);
    lost += oldest.readings + oldest.droppedBefore;
    untold += oldest.readings + oldest.droppedBefore;
    onDrop(oldest);
    remove(oldest);
  }

  return {
    append: (block) => {
      if (blocks.size === 0) lowest = block.seq;
      blocks.set(block.seq, block);
      highest = block.seq;
      sizeBytes += block.bytes.length + OVERHEAD_BYTES;
      while (sizeBytes > maxBytes && blocks.size > 1) dropOldest();
    },
    after: (position) => {
      for (let seq = Math.max(lowest, (position?.seq ?? 0) + 1); seq <= highest; seq++) {
        const block = blocks.get(seq);
        if (block) return block;
      }
      return undefined;
    },
    commit: (progress) => {
      const freed = new Set<EncodedBlock>();
      for (const { run, committed } of progress) {
        for (const { first, last } of committed) {
          for (let seq = Math.max(first, lowest); seq <= Math.min(last, highest); seq++) {
            const block = blocks.get(seq);
            if (block?.run === run) freed.add(block);
          }
        }
      }
      for (const block of freed) remove(block);
      return [...freed];
    },
    runs: () => [...new Set([...blocks.values()].map(({ run }) => run))],
    takeDropped: () => {
      const count = untold;
      untold = 0;
      return count;
    },
    problem: () => (lost > 0 ? `BufferFull: ${lost} readings were lost because nothing was committed for too long` : undefined),
    get sizeBytes() {
      return sizeBytes;
    },
    get count() {
      return blocks.size;
    },
  };
}
