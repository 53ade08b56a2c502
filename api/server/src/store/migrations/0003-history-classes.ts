import { HISTORY_CLASSES, sealedTableOf, tableOf } from '../history-tables.ts';
import type { Layout, Migration } from './migration.ts';

/** As `reading` and `reading_text` of the first migration, which are the class `standard`. */
const ROWS = `
CREATE TABLE TABLE_NAME (
  time timestamptz NOT NULL, value VALUE_TYPE, tag_id int4 NOT NULL, received_delta_ms int4 NOT NULL, status int2 NOT NULL, flags int2 NOT NULL
) PARTITIONED;
CREATE INDEX TABLE_NAME_tag_time ON TABLE_NAME (tag_id, time);`;

/**
 * `n` readings of a tag whose times lie in the half hour from `start`, in order: reading i is at start + first_us +
 * i × step_us + jitter_us[i]. A list that is null is the same for all: no jitter, or the column of one value beside it.
 */
const SEALED = `
CREATE TABLE TABLE_NAME (
  start timestamptz NOT NULL, tag_id int4 NOT NULL, n int4 NOT NULL, first_us int4 NOT NULL, step_us int4 NOT NULL,
  value float8, received_delta_ms int4 NOT NULL, status int2 NOT NULL, flags int2 NOT NULL,
  jitter_us int4[], numbers float8[], received_deltas int4[], statuses int2[], flag_sets int2[]
) PARTITIONED;
CREATE INDEX TABLE_NAME_tag_start ON TABLE_NAME (tag_id, start);`;

const JOBS = `
CREATE TABLE job_run (
  job text PRIMARY KEY, started_at timestamptz NOT NULL, ended_at timestamptz, failure text, progress text
);`;

/** Tables of the other retention classes, tables of packed readings, and what the jobs last did. */
export const historyClassesMigration: Migration = {
  version: 3,
  name: 'history-classes',
  up: async (client, { layout }) => {
    for (const historyClass of HISTORY_CLASSES) {
      if (historyClass !== 'standard') {
        await client.query(spanned(layout, ROWS.replace('VALUE_TYPE', 'float8'), tableOf(historyClass, false), 'time', 1));
        await client.query(spanned(layout, ROWS.replace('VALUE_TYPE', 'text'), tableOf(historyClass, true), 'time', 1));
      }
      await client.query(spanned(layout, SEALED, sealedTableOf(historyClass), 'start', 7));
    }
    await client.query(JOBS);
  },
};

function spanned(layout: Layout, sql: string, table: string, column: string, days: number): string {
  const named = sql.replaceAll('TABLE_NAME', table);
  if (layout === 'partitions') return named.replace('PARTITIONED', `PARTITION BY RANGE (${column})`);
  const hyper = `SELECT create_hypertable('${table}', '${column}', chunk_time_interval => interval '${days} days', create_default_indexes => false);`;
  return named.replace(' PARTITIONED', '') + hyper;
}
