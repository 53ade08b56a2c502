import type { RunProgress } from '@kubeplant/proto';
import { createRangeSet, firstOutside, type Range, type RangeSet } from './range-set.ts';

/** A segment file and what is in it. */
export interface Segment {
  readonly name: string;
  readonly run: string;
  /** Blocks in it. */
  readonly seqs: RangeSet;
  /** Sound bytes. */
  bytes: number;
  readings: number;
  /** Span of its blocks, microseconds since 1970. */
  fromUs: number;
  untilUs: number;
  /** Still being written. */
  open: boolean;
  /** Blocks of it were given up because they were not sound: whoever comes next has to find that out again. */
  isDamaged: boolean;
  /** Monotonic time of the last block, milliseconds; undefined: of a process before. */
  appendedMs: number | undefined;
  /** Since when all of it is known to be committed, monotonic milliseconds. */
  committedMs: number | undefined;
  /** It could not be read: not tried again before this monotonic time. */
  retryMs: number;
}

/** A segment without blocks. */
export function createSegment(name: string, run: string, open: boolean): Segment {
  return {
    name,
    run,
    seqs: createRangeSet(),
    bytes: 0,
    readings: 0,
    fromUs: Number.POSITIVE_INFINITY,
    untilUs: Number.NEGATIVE_INFINITY,
    open,
    isDamaged: false,
    appendedMs: undefined,
    committedMs: undefined,
    retryMs: 0,
  };
}

/** Count a block in. */
export function addToSegment(
  segment: Segment,
  block: { readonly seq: number; readonly readings: number; readonly fromUs: number; readonly untilUs: number },
): void {
  segment.seqs.add(block.seq, block.seq);
  segment.readings += block.readings;
  segment.fromUs = Math.min(segment.fromUs, block.fromUs);
  segment.untilUs = Math.max(segment.untilUs, block.untilUs);
}

/** The segments of a folder in the order of their blocks, and what of each run is committed. */
export interface SegmentTable {
  add(segment: Segment): void;
  remove(segment: Segment): void;
  segments(): readonly Segment[];
  /** Runs of the segments, oldest first. */
  runs(): readonly string[];
  committedOf(run: string): RangeSet;
  /** What is committed besides. */
  commit(progress: readonly RunProgress[]): void;
  /** What of these runs is committed, and nothing else of them. */
  setCommitted(runs: readonly string[], progress: readonly RunProgress[]): void;
  isCommitted(segment: Segment): boolean;
  /** Blocks in segments or in `inMemory` (of `run`) that are not committed. */
  count(inMemory: { readonly run: string; readonly seqs: readonly Range[] }): number;
  readonly sizeBytes: number;
}

/** An empty table. */
export function createSegmentTable(): SegmentTable {
  let segments: Segment[] = [];
  const committed = new Map<string, RangeSet>();

  function committedOf(run: string): RangeSet {
    const known = committed.get(run) ?? createRangeSet();
    committed.set(run, known);
    return known;
  }

  function commit(progress: readonly RunProgress[]): void {
    for (const { run, committed: ranges } of progress) for (const { first, last } of ranges) committedOf(run).add(first, last);
  }

  const runs = (): string[] => [...new Set(segments.map(({ run }) => run))];

  return {
    add: (segment) => {
      segments = [...segments, segment].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    remove: (segment) => {
      segments = segments.filter((each) => each !== segment);
    },
    segments: () => segments,
    runs,
    committedOf,
    commit,
    setCommitted: (named, progress) => {
      for (const run of named) committed.delete(run);
      commit(progress);
    },
    isCommitted: ({ run, seqs }) => firstOutside(seqs, Number.POSITIVE_INFINITY, [committedOf(run)]) === undefined,
    count: (inMemory) => {
      let count = 0;
      for (const run of new Set([...runs(), inMemory.run])) {
        const held = createRangeSet(run === inMemory.run ? inMemory.seqs : []);
        for (const { run: other, seqs } of segments) if (other === run) for (const { first, last } of seqs.ranges()) held.add(first, last);
        for (const { first, last } of held.ranges()) count += last - first + 1 - committedOf(run).countWithin(first, last);
      }
      return count;
    },
    get sizeBytes() {
      return segments.reduce((sum, { bytes }) => sum + bytes, 0);
    },
  };
}
