import type { CalculatedReading, EngineChanges } from '@kubeplant/engine';
import { HistoryRows } from '../store/history-rows.ts';
import type { Batch, Shown } from './batch.ts';
import type { Catalogue } from './catalogue.ts';
import { createChangeLog } from './change-log.ts';
import { createEventLog, type EventLog } from './event-log.ts';
import { type EvaluatedSpan, joinLateSpans } from './late/late-spans.ts';
import type { ObservedSpans } from './observed-spans.ts';
import type { PreparedBlock, QuarantineRow } from './prepared.ts';
import { RangeSet } from './range-set.ts';
import { type Series, takeValues } from './series.ts';

/**
 * Blocks and calculated rows that are not committed: beyond it streams wait. About 24,000 readings, half of them being committed:
 * as fast as more.
 */
const MAX_QUEUED_BYTES = 256 << 10;
/** While the database is away nobody waits: beyond it rows are not kept. */
const MAX_AWAY_BYTES = 16 << 20;

/** What has come since the last commit was cut. */
export interface Accumulator {
  /** Series changed since then; whoever changes one sets `dirty` and adds it. */
  readonly dirty: Series[];
  readonly spans: ObservedSpans;
  readonly events: EventLog;
  block(block: PreparedBlock): void;
  /** A block that could not be read, but whose number is known: it counts as committed. */
  malformed(row: QuarantineRow): void;
  /** What came late in a span is evaluated: its mark goes with the next commit. */
  lateEvaluated(span: EvaluatedSpan): void;
  rows(): number;
  /** False while the database is away and memory is full: what comes is shown and not kept, its collector holds it. */
  keeps(): boolean;
  /** Resolves when there is room for more, or nobody is to wait for it; `committed` makes room. */
  room(): Promise<void>;
  /** While the database is away nobody waits for room. */
  setAway(away: boolean): void;
  /** Take what the engine has made of it. */
  gather(changes: EngineChanges, calculated: readonly CalculatedReading[], nowUs: number): Shown;
  cut(nowUs: number): Batch;
  committed(batch: Pick<Batch, 'bytes'>): void;
  /** Nothing is taken any more: whoever waits for room goes on, to find that out. */
  end(): void;
}

export function createAccumulator(catalogue: Catalogue, spans: ObservedSpans): Accumulator {
  let pending = createPending();
  /** Of `pending`, and of batches that are cut and not committed. */
  let bytes = 0;
  let isAway = false;
  let waiting: (() => void)[] = [];
  const changeLog = createChangeLog();
  const dirty: Series[] = [];
  const events = createEventLog();
  const count = (more: number): void => {
    bytes += more;
    pending.bytes += more;
  };
  const letIn = (): void => {
    for (const resume of waiting) resume();
    waiting = [];
  };
  const keeps = (): boolean => !isAway || bytes < MAX_AWAY_BYTES;
  return {
    dirty,
    spans,
    events,
    keeps,
    block: (block) => {
      pending.blocks.push(block);
      pending.rows += block.rows;
      count(block.bytes);
    },
    malformed: (row) => {
      pending.quarantined.push(row);
      count(row.body?.length ?? 0);
    },
    lateEvaluated: (span) => void pending.lateEvaluated.push(span),
    rows: () => pending.rows,
    room: () => (isAway || bytes < MAX_QUEUED_BYTES ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    setAway: (away) => {
      isAway = away;
      if (away) letIn();
    },
    gather: (changes, calculated, nowUs) => {
      const before = pending.calculated.sizeBytes;
      takeCalculated({ catalogue, dirty, pending, keeps: keeps() }, calculated, nowUs);
      count(pending.calculated.sizeBytes - before);
      return { values: takeValues(dirty), ...changeLog.add(changes) };
    },
    cut: (nowUs) => {
      const { blocks, quarantined, calculated, fromUs, untilUs, lateEvaluated } = pending;
      const batch: Batch = {
        blocks,
        calculated,
        calculatedTimes: { fromUs, untilUs },
        progress: progressOf(blocks, quarantined),
        observed: spans.take(),
        grown: spans.takeGrown(),
        lateSpans: joinLateSpans(blocks.flatMap(({ shard, lateSpan }) => (lateSpan === undefined ? [] : [{ shard, ...lateSpan }]))),
        lateEvaluated,
        cutUs: nowUs,
        events: [...events.take(nowUs), ...changeLog.lossEvents()],
        changes: changeLog.take(),
        quarantined: [...blocks.flatMap((block) => block.quarantined), ...quarantined],
        rows: pending.rows + calculated.rows,
        bytes: pending.bytes,
      };
      pending = createPending();
      return batch;
    },
    committed: (batch) => {
      bytes -= batch.bytes;
      if (bytes < MAX_QUEUED_BYTES) letIn();
    },
    end: () => {
      bytes = 0;
      letIn();
    },
  };
}

interface Pending {
  readonly blocks: PreparedBlock[];
  readonly quarantined: QuarantineRow[];
  readonly lateEvaluated: EvaluatedSpan[];
  readonly calculated: HistoryRows;
  /** Range of the times of `calculated`. */
  fromUs: number;
  untilUs: number;
  rows: number;
  bytes: number;
}

const createPending = (): Pending => ({
  blocks: [],
  quarantined: [],
  lateEvaluated: [],
  calculated: new HistoryRows(0),
  fromUs: Number.POSITIVE_INFINITY,
  untilUs: Number.NEGATIVE_INFINITY,
  rows: 0,
  bytes: 0,
});

interface Into {
  readonly catalogue: Catalogue;
  readonly dirty: Series[];
  readonly pending: Pending;
  readonly keeps: boolean;
}

/** Calculated readings are shown and, where they are kept, stored like any other, as received when they are computed. */
function takeCalculated({ catalogue, dirty, pending, keeps }: Into, calculated: readonly CalculatedReading[], nowUs: number): void {
  for (const { device, tag, timeUs, value, status, flags } of calculated) {
    const series = catalogue.find(device, tag, catalogue.simulated(device) ? 'Simulated' : 'Real');
    if (series === undefined) continue; // its model is not in the catalogue yet: it is calculated again with the next change
    if (keeps && (series.stores === undefined || series.stores({ timeUs, value, text: undefined, status, flags }))) {
      pending.calculated.numbersOf(series.historyClass).number(series.tagId, timeUs, value, (nowUs - timeUs) / 1000, status, flags);
      pending.fromUs = Math.min(pending.fromUs, timeUs);
      pending.untilUs = Math.max(pending.untilUs, timeUs);
    }
    Object.assign(series, { timeUs, value, text: undefined, status, flags, receivedUs: nowUs });
    if (series.dirty) continue;
    series.dirty = true;
    dirty.push(series);
  }
}

function progressOf(blocks: readonly PreparedBlock[], quarantined: readonly QuarantineRow[]): Batch['progress'] {
  const runs = new Map<string, { shard: string; run: string; set: RangeSet }>();
  for (const { shard, run, seq } of [...blocks, ...quarantined]) {
    if (seq < 1) continue;
    const key = `${shard}/${run}`;
    const known = runs.get(key) ?? { shard, run, set: new RangeSet() };
    known.set.add(seq);
    runs.set(key, known);
  }
  return [...runs.values()].map(({ shard, run, set }) => ({ shard, run, ranges: set.ranges() }));
}
