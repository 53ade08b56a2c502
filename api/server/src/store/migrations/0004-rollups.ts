import type { Layout, Migration } from './migration.ts';
import { secureTable } from './row-security.ts';

/** `*_us` are microseconds after `time`; columns of values are null where there was no good reading, `increase` where nothing was counted. */
const LEVEL = `
CREATE TABLE TABLE_NAME (
  time timestamptz NOT NULL, tag_id int4 NOT NULL, n int4 NOT NULL, bad int4 NOT NULL,
  sum float8, min float8, max float8, first float8, last float8, first_us OFFSET_TYPE, last_us OFFSET_TYPE, head_us OFFSET_TYPE, tail_us OFFSET_TYPE,
  discontinuity boolean NOT NULL, integral float8 NOT NULL, good_ms float8 NOT NULL, increase float8, durations jsonb
) PARTITIONED;
CREATE INDEX TABLE_NAME_tag_time ON TABLE_NAME (tag_id, time);`;

/**
 * A row says that an hour (a day) has to be reckoned anew, for some tags or, with null, for all of the site. No key: a
 * commit adds its mark without waiting for whoever is at work on one.
 */
const MARKS = `
CREATE TABLE rollup_mark (
  tenant text NOT NULL, site text NOT NULL, level text NOT NULL CHECK (level IN ('hour', 'day')), time timestamptz NOT NULL, tags int4[]
);
CREATE INDEX rollup_mark_time ON rollup_mark (tenant, site, level, time);
CREATE TABLE site_calendar (
  tenant text NOT NULL, site text NOT NULL, timezone text NOT NULL, day_start text NOT NULL, rolled text, PRIMARY KEY (tenant, site)
);
ALTER TABLE tag_revision ADD COLUMN interpolation text, ADD COLUMN counter jsonb;`;

/** Policies bind the login too: it sees all tenants while it marks what is stored already, and the next hours:
 * an owner of the release before, which may still run, marks nothing. */
const MARK_STORED = `
SET LOCAL kubeplant.scope = '* *';
INSERT INTO rollup_mark (tenant, site, level, time)
SELECT DISTINCT d.tenant, d.site, 'hour', hour FROM observed o JOIN device d USING (device_id)
CROSS JOIN LATERAL generate_series(date_trunc('hour', o.started), o.ended, interval '1 hour') AS hour
UNION SELECT tenant, site, 'hour', date_trunc('hour', now()) + n * interval '1 hour' FROM site_owner CROSS JOIN generate_series(0, 2) AS n;
SET LOCAL kubeplant.scope = '';`;

/** Sums of history by minute, quarter of an hour and day. */
export const rollupsMigration: Migration = {
  version: 4,
  name: 'rollups',
  up: async (client, { layout }) => {
    await client.query(level(layout, 'rollup_1m', 'int4', 28));
    await client.query(level(layout, 'rollup_15m', 'int4', 364));
    await client.query(LEVEL.replaceAll('TABLE_NAME', 'rollup_1d').replaceAll('OFFSET_TYPE', 'int8').replace(' PARTITIONED', ''));
    await client.query(MARKS);
    await client.query(secureTable('rollup_mark'));
    await client.query(secureTable('site_calendar'));
    await client.query(MARK_STORED);
  },
};

function level(layout: Layout, table: string, offset: string, days: number): string {
  const named = LEVEL.replaceAll('TABLE_NAME', table).replaceAll('OFFSET_TYPE', offset);
  if (layout === 'partitions') return named.replace('PARTITIONED', 'PARTITION BY RANGE (time)');
  const hyper = `SELECT create_hypertable('${table}', 'time', chunk_time_interval => interval '${days} days', create_default_indexes => false);`;
  return named.replace(' PARTITIONED', '') + hyper;
}
