import type { Lost } from '@kubeplant/proto';
import type { BlockBuffer, BufferEvents, Delivery, DeliveryOptions, EncodedBlock, Outgoing } from './block-buffer.ts';
import { createLostLedger } from './create-lost-ledger.ts';
import { createSyncWaiters } from './create-sync-waiters.ts';

/** What a memory buffer needs. */
export interface MemoryBufferOptions extends BufferEvents {
  readonly maxBytes: number;
  /** The oldest block went away to make room: the first of an episode, which ends when the buffer is half empty. */
  readonly onEpisode: (dropped: EncodedBlock) => void;
}

/** Objects and map entries of a block beside its bytes. */
export const BLOCK_OVERHEAD_BYTES = 256;

/** Blocks of one run in memory. When it is full the oldest goes, and what was lost is told with the next block. */
export function createMemoryBuffer({ maxBytes, onEpisode, onCommitted, onLost }: MemoryBufferOptions): BlockBuffer {
  const blocks = new Map<number, EncodedBlock>();
  const ledger = createLostLedger();
  const waiters = createSyncWaiters();
  let lowest = 1;
  let highest = 0;
  let sizeBytes = 0;
  let lostReadings = 0;

  function remove(block: EncodedBlock): void {
    blocks.delete(block.seq);
    sizeBytes -= block.bytes.length + BLOCK_OVERHEAD_BYTES;
    while (lowest <= highest && !blocks.has(lowest)) lowest++;
    if (sizeBytes < maxBytes / 2) lostReadings = 0;
  }

  function dropOldest(): void {
    const oldest = blocks.get(lowest);
    if (oldest === undefined) return;
    if (lostReadings === 0) onEpisode(oldest);
    const lost = toLost(oldest, 'BufferFull');
    lostReadings += lost.readings;
    for (const one of [lost, ...oldest.lost]) ledger.add(one);
    onLost(lost);
    waiters.lost(oldest.seq);
    remove(oldest);
  }

  function firstWithin(from: number, until: number): EncodedBlock | undefined {
    for (let seq = Math.max(lowest, from); seq <= Math.min(until, highest); seq++) {
      const block = blocks.get(seq);
      if (block) return block;
    }
    return undefined;
  }

  function commit(progress: DeliveryOptions['committed']): void {
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
    settle();
    if (freed.size > 0) {
      onCommitted(
        freed.size,
        [...freed].map(({ cutMs }) => cutMs),
      );
    }
  }

  function settle(): void {
    waiters.settle((seq) => blocks.size === 0 || lowest > seq);
  }

  return {
    append: (block) => {
      if (blocks.size === 0) lowest = block.seq;
      blocks.set(block.seq, block);
      highest = block.seq;
      sizeBytes += block.bytes.length + BLOCK_OVERHEAD_BYTES;
      while (sizeBytes > maxBytes && blocks.size > 1) dropOldest();
    },
    deliver: ({ committed }) => {
      commit(committed);
      return createDelivery(firstWithin, highest);
    },
    commit,
    runs: () => [...new Set([...blocks.values()].map(({ run }) => run))],
    committed: () => [], // what is committed is forgotten
    takeLost: ledger.take,
    problem: () =>
      lostReadings > 0 ? `BufferFull: ${lostReadings} readings were lost because nothing was committed for too long` : undefined,
    synced: () => {
      const safe = waiters.wait(highest);
      settle();
      return safe;
    },
    isKept: () => blocks.size === 0,
    ready: Promise.resolve(),
    close: () => Promise.resolve(),
    get sizeBytes() {
      return sizeBytes;
    },
    get count() {
      return blocks.size;
    },
  };
}

/** Of what is held: up to `before` it has waited, after it is fresh. */
function createDelivery(firstWithin: (from: number, until: number) => EncodedBlock | undefined, before: number): Delivery {
  let backlogSeq = 0;
  let liveSeq = before;
  return {
    nextLive: () => {
      const block = firstWithin(liveSeq + 1, Number.POSITIVE_INFINITY);
      if (block) liveSeq = block.seq;
      return block && toOutgoing(block);
    },
    nextBacklog: () => {
      const block = firstWithin(backlogSeq + 1, before);
      if (block) backlogSeq = block.seq;
      return block && toOutgoing(block);
    },
    close: () => {},
  };
}

/** A block as what goes out. */
export const toOutgoing = ({ run, seq, bytes }: EncodedBlock): Outgoing => ({ kind: 'block', run, seq, bytes });

/** A block that was given up. */
export const toLost = ({ fromUs, untilUs, readings }: Pick<EncodedBlock, 'fromUs' | 'untilUs' | 'readings'>, reason: string): Lost => ({
  fromUs,
  untilUs,
  readings,
  blocks: 1,
  reason,
});
