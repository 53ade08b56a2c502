import type pg from 'pg';

/** How history is kept, chosen once for a database: plain range partitions or TimescaleDB's hypertables. */
export type Layout = 'partitions' | 'hypertables';

/** A step of the schema. Forward only: it adds; what it replaces goes in a later release. */
export interface Migration {
  /** 1, 2, 3 … without a gap. */
  readonly version: number;
  readonly name: string;
  /** Oldest code (highest migration it knows) that still works after this step; absent: as before. */
  readonly minCodeVersion?: number;
  /** Runs in a transaction, as the login that owns the tables. */
  up(client: Pick<pg.ClientBase, 'query'>, context: { readonly layout: Layout }): Promise<void>;
}
