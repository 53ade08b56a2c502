import type { EngineChanges } from '@kubeplant/engine';
import type { CopyRows } from '../store/copy-encoder.ts';
import type { ObservedSpan } from './observed-spans.ts';
import type { CommittedValue, EventRow, PreparedBlock, QuarantineRow } from './prepared.ts';
import type { Range } from './range-set.ts';

/** All that one transaction writes. */
export interface Batch {
  readonly blocks: readonly PreparedBlock[];
  /** Calculated readings, as rows of `reading`. */
  readonly calculated: CopyRows;
  readonly progress: readonly { readonly shard: string; readonly run: string; readonly ranges: readonly Range[] }[];
  readonly observed: readonly ObservedSpan[];
  readonly changes: EngineChanges;
  readonly events: readonly EventRow[];
  readonly quarantined: readonly QuarantineRow[];
  /** Newest reading of every series that changed. */
  readonly values: readonly CommittedValue[];
  readonly rows: number;
}

export function isEmpty(batch: Batch): boolean {
  const { states, removed, transitions } = batch.changes;
  return (
    [batch.progress, batch.observed, batch.events, batch.quarantined, states, removed, transitions].every((list) => list.length === 0) &&
    batch.calculated.rows === 0
  );
}
