import type { JournalMark } from './create-late-course.ts';

/** Rows of the journal as they become due, and whether a row is one of them. */
export interface JournalQueue {
  add(rows: readonly JournalMark[]): void;
  /** Rows up to a time that were not taken yet. */
  take(untilUs: number): readonly JournalMark[];
  find(row: Pick<JournalMark, 'alarm' | 'kind' | 'timeUs'>): JournalMark | undefined;
}

/** Rows that are remembered: a delay that a bad value held up may end earlier than what came last. */
const MAX_KNOWN = 10_000;

const keyOf = ({ alarm, kind, timeUs }: Pick<JournalMark, 'alarm' | 'kind' | 'timeUs'>): string => `${alarm} ${kind} ${timeUs}`;

export function createJournalQueue(): JournalQueue {
  const known = new Map<string, JournalMark>();
  let waiting: readonly JournalMark[] = [];
  let taken = 0;
  return {
    add: (rows) => {
      waiting = [...waiting.slice(taken), ...rows];
      taken = 0;
      for (const row of rows) known.set(keyOf(row), row);
      for (const key of known.keys()) {
        if (known.size <= MAX_KNOWN + rows.length) break;
        known.delete(key);
      }
    },
    take: (untilUs) => {
      const from = taken;
      while ((waiting[taken]?.timeUs ?? Infinity) <= untilUs && taken < waiting.length) taken += 1;
      return from === taken ? [] : waiting.slice(from, taken);
    },
    find: (row) => known.get(keyOf(row)),
  };
}
