import type { Logger } from '@kubeplant/kit';
import type { Lost } from '@kubeplant/proto';
import type { RunDictionary } from '../block/create-run-dictionary.ts';
import type { Clock } from '../driver.ts';
import type { FileSystem } from './file-system.ts';
import type { SegmentTable } from './segment-table.ts';
import type { Tail } from './tail.ts';

/** How much is kept on disk, and how safely. */
export interface LogLimits {
  /** What is older is given up. */
  readonly maxAgeMs: number;
  /** Beyond it the oldest is given up. */
  readonly maxSizeBytes: number;
  /** What was written may be lost for so long when the power fails. */
  readonly syncIntervalMs: number;
}

/** What the parts of a segment log share. */
export interface LogDeps {
  readonly fs: FileSystem;
  readonly clock: Clock;
  readonly folder: string;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  readonly dictionary: RunDictionary;
  readonly table: SegmentTable;
  readonly tail: Tail;
  readonly limits: () => LogLimits;
  /** Blocks on disk were given up. */
  readonly lose: (lost: Lost) => void;
  /** Something on disk could not be read, as `Reason: sentence`. */
  readonly notice: (problem: string) => void;
}
