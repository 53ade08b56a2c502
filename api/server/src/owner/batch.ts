import type { AlarmState, AlarmTransition, EngineChanges } from '@kubeplant/engine';
import type { HistoryRows } from '../store/history-rows.ts';
import type { EvaluatedSpan, LateSpan } from './late/late-spans.ts';
import type { ObservedSpan } from './observed-spans.ts';
import type { CommittedValue, EventRow, PreparedBlock, QuarantineRow } from './prepared.ts';
import type { Range } from './range-set.ts';

/** All that one transaction writes. */
export interface Batch {
  readonly blocks: readonly PreparedBlock[];
  /** Calculated readings. */
  readonly calculated: HistoryRows;
  /** Range of their times; `fromUs > untilUs` when there are none. */
  readonly calculatedTimes: { readonly fromUs: number; readonly untilUs: number };
  readonly progress: readonly { readonly shard: string; readonly run: string; readonly ranges: readonly Range[] }[];
  readonly observed: readonly ObservedSpan[];
  /** By how much each device has been confirmed further. */
  readonly grown: readonly ObservedSpan[];
  readonly changes: EngineChanges;
  /** Of readings that came late, to be evaluated. */
  readonly lateSpans: readonly LateSpan[];
  /** Those that are evaluated now. */
  readonly lateEvaluated: readonly EvaluatedSpan[];
  readonly events: readonly EventRow[];
  readonly quarantined: readonly QuarantineRow[];
  readonly rows: number;
  /** What it counts against the memory bound. */
  readonly bytes: number;
  /** When it was cut. */
  readonly cutUs: number;
}

/** What has changed for those who look. */
export interface Shown {
  /** Newest reading of every series that changed. */
  readonly values: readonly CommittedValue[];
  readonly states: readonly AlarmState[];
  readonly transitions: readonly AlarmTransition[];
}

export function isEmpty(batch: Batch): boolean {
  const { states, removed, transitions } = batch.changes;
  return (
    [batch.progress, batch.observed, batch.events, batch.quarantined, batch.lateEvaluated, states, removed, transitions].every(
      (list) => list.length === 0,
    ) && batch.calculated.rows === 0
  );
}
