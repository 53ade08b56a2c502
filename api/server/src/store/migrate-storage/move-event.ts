import type { Layout } from '../migrations/migration.ts';

/** Rows that a table should have and has. */
export interface TableRows {
  readonly table: string;
  readonly before: number;
  readonly after: number;
}

/** What a move tells of itself. */
export type MoveEvent =
  | { readonly event: 'unchanged'; readonly layout: Layout }
  | {
      readonly event: 'started';
      readonly to: Layout;
      /** It was broken off before. */
      readonly resumed: boolean;
      readonly spansTotal: number;
      readonly bytesTotal: number;
    }
  | {
      readonly event: 'span';
      readonly table: string;
      /** Begin of the span. */
      readonly from: string;
      readonly rows: number;
      /** Since this start, as all that follow. */
      readonly rowsDone: number;
      readonly spansDone: number;
      readonly spansTotal: number;
      readonly bytesDone: number;
      readonly bytesTotal: number;
      readonly secondsLeft: number;
    }
  | ({ readonly event: 'counted' } & TableRows)
  | { readonly event: 'stopped'; readonly to: Layout }
  | { readonly event: 'done'; readonly layout: Layout; readonly tables: readonly TableRows[] };
