import type { RunProgress } from '@kubeplant/proto';

/** A block as it is kept and sent: encoded once, never changed. */
export interface EncodedBlock {
  /** ULID of the process start it belongs to. */
  readonly run: string;
  /** 1, 2, 3 … within the run. */
  readonly seq: number;
  /** A serialized `Block`. */
  readonly bytes: Buffer;
  /** Readings in it. */
  readonly readings: number;
  /** What it says was lost before it (`Block.dropped_before`). */
  readonly droppedBefore: number;
  /** Monotonic time of the cut, milliseconds. */
  readonly cutMs: number;
}

/** Keeps blocks from their cut until they are committed. In memory here; a log on disk fits behind the same port. */
export interface BlockBuffer {
  /** Take a block; may drop the oldest to make room. */
  append(block: EncodedBlock): void;
  /** The first held block after `position`; from the beginning without one. */
  after(position: { readonly run: string; readonly seq: number } | undefined): EncodedBlock | undefined;
  /** Let go of what is committed; unknown runs and numbers are ignored. Returns what was let go. */
  commit(progress: readonly RunProgress[]): readonly EncodedBlock[];
  /** Runs of which blocks are held, oldest first. */
  runs(): readonly string[];
  /** Readings dropped since the last call: for `dropped_before` of the next block. */
  takeDropped(): number;
  /** Why readings are being lost now; undefined when none are. */
  problem(): string | undefined;
  /** Bytes held. */
  readonly sizeBytes: number;
  /** Blocks held. */
  readonly count: number;
}
