import type { HistoryClass } from '@kubeplant/crds/model';
import { CopyRows } from './copy-encoder.ts';
import type { HistoryTable } from './copy-into.ts';
import { HISTORY_CLASSES, tableOf } from './history-tables.ts';

/** Encoded rows of one table. */
export interface TablePart {
  readonly table: HistoryTable;
  readonly bytes: Buffer;
}

/** Rows of history on their way to the database, each in the table of its retention class. */
export class HistoryRows {
  /** Originals of times that were replaced. */
  readonly outOfWindow = new CopyRows(0);
  readonly #numbers: Partial<Record<HistoryClass, CopyRows>> = {};
  readonly #texts: Partial<Record<HistoryClass, CopyRows>> = {};
  readonly #expectedRows: number;

  constructor(expectedRows: number) {
    this.#expectedRows = expectedRows;
  }

  numbersOf(historyClass: HistoryClass): CopyRows {
    const rows = this.#numbers[historyClass];
    if (rows !== undefined) return rows;
    const made = new CopyRows(this.#expectedRows);
    this.#numbers[historyClass] = made;
    return made;
  }

  textsOf(historyClass: HistoryClass): CopyRows {
    const rows = this.#texts[historyClass];
    if (rows !== undefined) return rows;
    const made = new CopyRows(0);
    this.#texts[historyClass] = made;
    return made;
  }

  /** Readings; originals do not count. */
  get rows(): number {
    return HISTORY_CLASSES.reduce((sum, one) => sum + (this.#numbers[one]?.rows ?? 0) + (this.#texts[one]?.rows ?? 0), 0);
  }

  /** Bytes of all rows. */
  get sizeBytes(): number {
    return this.parts().reduce((sum, part) => sum + part.bytes.length, 0);
  }

  /** Readings by table; they stay valid while no more are added. */
  readings(): TablePart[] {
    return HISTORY_CLASSES.flatMap((historyClass) => [
      ...partOf(tableOf(historyClass, false), this.#numbers[historyClass]),
      ...partOf(tableOf(historyClass, true), this.#texts[historyClass]),
    ]);
  }

  /** Readings and originals by table. */
  parts(): TablePart[] {
    return [...this.readings(), ...partOf('reading_out_of_window', this.outOfWindow)];
  }
}

const partOf = (table: HistoryTable, rows: CopyRows | undefined): TablePart[] =>
  rows === undefined || rows.rows === 0 ? [] : [{ table, bytes: rows.bytes() }];
