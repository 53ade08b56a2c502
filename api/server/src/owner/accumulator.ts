import type { CalculatedReading, EngineChanges } from '@kubeplant/engine';
import { CopyRows } from '../store/copy-encoder.ts';
import type { Batch } from './batch.ts';
import type { Catalogue } from './catalogue.ts';
import type { ObservedSpans } from './observed-spans.ts';
import type { CommittedValue, EventRow, PreparedBlock, QuarantineRow } from './prepared.ts';
import { RangeSet } from './range-set.ts';
import type { Series } from './series.ts';

/** Blocks taken while the database is slow; beyond it streams wait. */
const MAX_PENDING_BYTES = 16 << 20;

/** What has come since the last commit was cut. */
export interface Accumulator {
  /** Series changed since then; whoever changes one sets `dirty` and adds it. */
  readonly dirty: Series[];
  readonly spans: ObservedSpans;
  readonly events: EventRow[];
  block(block: PreparedBlock): void;
  /** A block that could not be read, but whose number is known: it counts as committed. */
  malformed(row: QuarantineRow): void;
  rows(): number;
  /** Resolves when there is room for more; `committed` makes room. */
  room(): Promise<void>;
  cut(changes: EngineChanges, calculated: readonly CalculatedReading[], nowUs: number): Batch;
  committed(batch: Batch): void;
  /** Nothing is taken any more: whoever waits for room goes on, to find that out. */
  end(): void;
}

export function createAccumulator(catalogue: Catalogue, spans: ObservedSpans): Accumulator {
  let blocks: PreparedBlock[] = [];
  let quarantined: QuarantineRow[] = [];
  let rows = 0;
  let bytes = 0;
  let waiting: (() => void)[] = [];
  const dirty: Series[] = [];
  const events: EventRow[] = [];
  return {
    dirty,
    spans,
    events,
    block: (block) => {
      blocks.push(block);
      rows += block.rows;
      bytes += block.bytes;
    },
    malformed: (row) => {
      quarantined.push(row);
    },
    rows: () => rows,
    room: () => (bytes < MAX_PENDING_BYTES ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    cut: (changes, calculated, nowUs) => {
      const rowsOfCalculated = encodeCalculated(catalogue, dirty, calculated, nowUs);
      const batch: Batch = {
        blocks,
        calculated: rowsOfCalculated,
        progress: progressOf(blocks, quarantined),
        observed: spans.take(),
        changes,
        events: events.splice(0),
        quarantined: [...blocks.flatMap((block) => block.quarantined), ...quarantined],
        values: takeValues(dirty),
        rows: rows + rowsOfCalculated.rows,
      };
      blocks = [];
      quarantined = [];
      rows = 0;
      return batch;
    },
    committed: (batch) => {
      for (const block of batch.blocks) bytes -= block.bytes;
      if (bytes >= MAX_PENDING_BYTES) return;
      for (const resume of waiting) resume();
      waiting = [];
    },
    end: () => {
      bytes = 0;
      for (const resume of waiting) resume();
      waiting = [];
    },
  };
}

/** Calculated readings are stored like any other, as received when they are computed. */
function encodeCalculated(catalogue: Catalogue, dirty: Series[], calculated: readonly CalculatedReading[], nowUs: number): CopyRows {
  const copy = new CopyRows(calculated.length);
  for (const { device, tag, timeUs, value, status, flags } of calculated) {
    const series = catalogue.find(device, tag, catalogue.simulated(device) ? 'Simulated' : 'Real');
    if (series === undefined) continue; // its model is not in the catalogue yet: it is calculated again with the next change
    copy.number(series.tagId, timeUs, value, (nowUs - timeUs) / 1000, status, flags);
    Object.assign(series, { timeUs, value, text: undefined, status, flags, receivedUs: nowUs });
    if (series.dirty) continue;
    series.dirty = true;
    dirty.push(series);
  }
  return copy;
}

function takeValues(dirty: Series[]): CommittedValue[] {
  return dirty.splice(0).map((series) => {
    series.dirty = false;
    const { tagId, device, path, origin, timeUs, value, text, status, flags, receivedUs } = series;
    return { tagId, device, path, origin, timeUs, value, text, status, flags, receivedUs };
  });
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
