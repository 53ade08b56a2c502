import type { TablePart } from '../store/history-rows.ts';
import type { LateSpan } from './late/late-spans.ts';
import type { Series } from './series.ts';

/** Rows of one block, encoded and ready for COPY. */
export interface PreparedBlock {
  readonly shard: string;
  readonly run: string;
  readonly seq: number;
  /** Readings by table. */
  readonly readings: readonly TablePart[];
  /** Readings by table, and originals of times that were replaced. */
  readonly parts: readonly TablePart[];
  readonly rows: number;
  /** Of these, older than one of their tag that was evaluated before. */
  readonly late: number;
  /** Of those the ones of tags with alarms: the times of the first and the last. */
  readonly lateSpan: Omit<LateSpan, 'shard'> | undefined;
  /** Bytes as received: what the memory bound counts. */
  readonly bytes: number;
  /** Range of the stored times; `fromUs > untilUs` when there are no rows. */
  readonly fromUs: number;
  readonly untilUs: number;
  readonly quarantined: readonly QuarantineRow[];
}

/** What could not be stored as a reading, kept for a person to look at. */
export interface QuarantineRow {
  readonly shard: string;
  readonly run: string;
  readonly seq: number;
  readonly firstRow?: number;
  readonly rows: number;
  readonly device?: string;
  readonly tag?: string;
  /** CamelCase constant: `Malformed`, `UnknownTag`, `NotInShard`, `RefusedByDatabase`. */
  readonly reason: string;
  readonly detail: string;
  /** [timeUs, value, status, flags] */
  readonly readings?: readonly (readonly [number, number | string | null, number, number])[];
  readonly body?: Uint8Array;
}

/** A reading as committed, for the checkpoint and the screen. */
export interface CommittedValue {
  readonly series: Series;
  readonly timeUs: number;
  readonly value: number;
  readonly text: string | undefined;
  readonly status: number;
  readonly flags: number;
  readonly receivedUs: number;
}

/** A row of `event`. */
export interface EventRow {
  readonly timeUs: number;
  readonly kind: string;
  readonly device?: string;
  readonly message: string;
  readonly details?: unknown;
}
