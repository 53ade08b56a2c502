import { granted, JOURNAL_COLUMNS, view } from './0008-bi-views.ts';
import type { Migration } from './migration.ts';
import { secureTable } from './row-security.ts';

/** By shard the span of readings that came late and were not evaluated for alarms yet; `widened` counts how often it has grown. */
const LATE = `
CREATE TABLE late_span (
  tenant text NOT NULL, site text NOT NULL, shard text NOT NULL, from_time timestamptz NOT NULL, until_time timestamptz NOT NULL,
  widened int8 NOT NULL DEFAULT 1, PRIMARY KEY (tenant, site, shard)
) WITH (fillfactor = 50);
ALTER TABLE alarm_transition ADD COLUMN late boolean NOT NULL DEFAULT false;`;

const JOURNAL = `SELECT ${JOURNAL_COLUMNS}, j.late FROM alarm_transition j WHERE ${granted('j')}`;

/** What came late is evaluated afterwards, and marked in the journal. */
export const lateReadingsMigration: Migration = {
  version: 10,
  name: 'late-readings',
  up: async (client) => {
    await client.query(LATE);
    await client.query(secureTable('late_span'));
    await client.query(view('alarm_journal', JOURNAL).replace('CREATE VIEW', 'CREATE OR REPLACE VIEW'));
  },
};
