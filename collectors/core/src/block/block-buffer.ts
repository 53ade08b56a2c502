import type { Lost, Run, RunProgress } from '@kubeplant/proto';

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
  /** Earliest and latest time of its readings and observed spans, microseconds since 1970. */
  readonly fromUs: number;
  readonly untilUs: number;
  /** What it says was lost (`Block.lost`). */
  readonly lost: readonly Lost[];
  /** Monotonic time of the cut, milliseconds. */
  readonly cutMs: number;
}

/** What goes out on a stream: blocks, and before those of a former run what its numbers mean. */
export type Outgoing =
  | { readonly kind: 'block'; readonly run: string; readonly seq: number; readonly bytes: Buffer }
  | { readonly kind: 'run'; readonly value: Run };

/** The sending of one stream: each held block that is not committed once. */
export interface Delivery {
  /** The next block cut since the delivery began; undefined: none waits. */
  nextLive(): Outgoing | undefined;
  /** The next of what had waited before, oldest first; undefined: none is at hand (`onReady` tells when one is). */
  nextBacklog(): Outgoing | undefined;
  /** The stream is over. */
  close(): void;
}

/** How a delivery begins. */
export interface DeliveryOptions {
  /** Runs that were named in Hello: of no other former run anything may be sent. */
  readonly runs: readonly string[];
  /** What is committed of them; less than was known before when the database was restored. */
  readonly committed: readonly RunProgress[];
  /** Something can be sent again. */
  readonly onReady: () => void;
}

/** Keeps blocks from their cut until they are committed: in memory, or in a log on disk. */
export interface BlockBuffer {
  /** Take a block; may drop the oldest to make room. */
  append(block: EncodedBlock): void;
  /** Begin to send on a new stream. One delivery at a time. */
  deliver(options: DeliveryOptions): Delivery;
  /** Let go of what is committed; unknown runs and numbers are ignored. */
  commit(progress: readonly RunProgress[]): void;
  /** Runs of which blocks are held, oldest first. */
  runs(): readonly string[];
  /** What it was told is committed of these runs, as far as it has kept that. */
  committed(): readonly RunProgress[];
  /** What was lost since the last call: for `lost` of the next block. */
  takeLost(): readonly Lost[];
  /** What is wrong now, as `Reason: sentence`; undefined when nothing is. */
  problem(): string | undefined;
  /**
   * What was appended so far is on disk or, in a buffer without one, committed: true. False: some of it was lost.
   */
  synced(): Promise<boolean>;
  /** What is held survives this process. */
  isKept(): boolean;
  /** Resolves when the runs of processes before are known, or cannot be for now. */
  readonly ready: Promise<void>;
  /** Nothing more is appended; resolves when what is held is as safe as it can be. */
  close(): Promise<void>;
  /** Bytes held. */
  readonly sizeBytes: number;
  /** Blocks held and not committed. */
  readonly count: number;
}

/** What a buffer tells while it works. */
export interface BufferEvents {
  /** Blocks were committed; `cutMs`: when those that were still in memory had been cut. */
  readonly onCommitted: (blocks: number, cutMs: readonly number[]) => void;
  /** Readings were given up. */
  readonly onLost: (lost: Lost) => void;
}
