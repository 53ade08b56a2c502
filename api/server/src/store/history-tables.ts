import type { HistoryClass } from '@kubeplant/crds/model';

/** Retention classes. A class is a set of tables; what is in one stays there when a tag changes its class. */
export const HISTORY_CLASSES: readonly HistoryClass[] = ['short', 'standard', 'long'];

const SUFFIX = { short: '_short', standard: '', long: '_long' } as const;
type Suffix = (typeof SUFFIX)[HistoryClass];

/** Tables with a row for each reading. */
export type RowTable = `reading${Suffix}` | `reading_text${Suffix}`;

/** Tables with a row for a tag's half hour. */
export type SealedTable = `reading_sealed${Suffix}`;

/** Where new readings of a class go. */
export const tableOf = (historyClass: HistoryClass, text: boolean): RowTable =>
  text ? `reading_text${SUFFIX[historyClass]}` : `reading${SUFFIX[historyClass]}`;

/** Where readings of numbers go when they are packed. */
export const sealedTableOf = (historyClass: HistoryClass): SealedTable => `reading_sealed${SUFFIX[historyClass]}`;

/** A table of history that is kept in spans of time: partitions or chunks. */
export interface SpannedTable {
  readonly name: RowTable | SealedTable;
  readonly historyClass: HistoryClass;
  readonly kind: 'numbers' | 'texts' | 'sealed';
  /** Column that says when. */
  readonly column: 'time' | 'start';
  /** Length of a span. */
  readonly days: number;
}

/** All tables of history that are kept in spans. */
export const SPANNED_TABLES: readonly SpannedTable[] = HISTORY_CLASSES.flatMap((historyClass): SpannedTable[] => [
  { name: tableOf(historyClass, false), historyClass, kind: 'numbers', column: 'time', days: 1 },
  { name: tableOf(historyClass, true), historyClass, kind: 'texts', column: 'time', days: 1 },
  { name: sealedTableOf(historyClass), historyClass, kind: 'sealed', column: 'start', days: 7 },
]);

/** Length of what one sealed row may span, and the grid on which it begins. */
export const SEALED_SPAN_US = 1_800_000_000;
