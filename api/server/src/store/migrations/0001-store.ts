import type { Layout, Migration } from './migration.ts';
import { SCOPE_FUNCTION, secureTable } from './row-security.ts';

/** Tables of history: no tenant and no row-level security (COPY refuses it); reached through tag and device only. */
const HISTORY = `
CREATE TABLE reading (
  time timestamptz NOT NULL, value float8, tag_id int4 NOT NULL, received_delta_ms int4 NOT NULL, status int2 NOT NULL, flags int2 NOT NULL
) PARTITIONED;
CREATE INDEX reading_tag_time ON reading (tag_id, time);
CREATE TABLE reading_text (
  time timestamptz NOT NULL, value text, tag_id int4 NOT NULL, received_delta_ms int4 NOT NULL, status int2 NOT NULL, flags int2 NOT NULL
) PARTITIONED;
CREATE INDEX reading_text_tag_time ON reading_text (tag_id, time);
CREATE TABLE reading_out_of_window (time timestamptz NOT NULL, tag_id int4 NOT NULL, original_us int8 NOT NULL);
CREATE INDEX reading_out_of_window_tag_time ON reading_out_of_window (tag_id, time);
CREATE TABLE observed (
  device_id int4 NOT NULL, simulated boolean NOT NULL, started timestamptz NOT NULL, ended timestamptz NOT NULL,
  PRIMARY KEY (device_id, simulated, started)
) WITH (fillfactor = 70);
CREATE TABLE tag_latest (
  tag_id int4 PRIMARY KEY, time timestamptz NOT NULL, value float8, text text, status int4 NOT NULL, flags int4 NOT NULL, received timestamptz NOT NULL
) WITH (fillfactor = 70);`;

const CATALOGUE = `
CREATE TABLE device (
  device_id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, site text NOT NULL, name text NOT NULL,
  uid text NOT NULL, revision text NOT NULL, removed_at timestamptz, UNIQUE (tenant, name)
);
CREATE TABLE tag (
  tag_id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, site text NOT NULL, device text NOT NULL, name text NOT NULL,
  origin text NOT NULL CHECK (origin IN ('Real', 'Simulated')), text boolean NOT NULL, in_force boolean NOT NULL,
  UNIQUE (tenant, device, name, origin)
);
CREATE INDEX tag_tenant_site ON tag (tenant, site);
CREATE TABLE tag_revision (
  tag_id int4 NOT NULL, tenant text NOT NULL, site text NOT NULL, since timestamptz NOT NULL,
  kind text NOT NULL, data_type text NOT NULL, unit text, states jsonb, PRIMARY KEY (tag_id, since)
);`;

const OWNING = `
CREATE TABLE site_model (
  tenant text NOT NULL, site text NOT NULL, revision text NOT NULL, body bytea NOT NULL, received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (tenant, site)
);
CREATE TABLE site_owner (
  tenant text NOT NULL, site text NOT NULL, replica text NOT NULL, endpoint text NOT NULL, epoch int8 NOT NULL, expires timestamptz NOT NULL,
  PRIMARY KEY (tenant, site)
);
CREATE TABLE model_source (cluster text PRIMARY KEY, lease_transitions int8 NOT NULL, host text NOT NULL, seen_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE ingest_progress (
  tenant text NOT NULL, site text NOT NULL, shard text NOT NULL, run text NOT NULL, committed int8multirange NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (tenant, site, shard, run)
) WITH (fillfactor = 50);
CREATE TABLE quarantine (
  quarantine_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, site text NOT NULL, shard text NOT NULL, run text NOT NULL,
  seq int8 NOT NULL, first_row int4, rows int4 NOT NULL, device text, tag text, reason text NOT NULL, detail text NOT NULL,
  readings jsonb, body bytea, recorded_at timestamptz NOT NULL DEFAULT now()
);`;

const ALARMS = `
CREATE TABLE alarm_state (
  tenant text NOT NULL, site text NOT NULL, id text NOT NULL, rule_uid text NOT NULL, rule text NOT NULL, device text NOT NULL, tag text NOT NULL,
  limit_name text NOT NULL, priority text NOT NULL, active boolean NOT NULL, acknowledged boolean NOT NULL, suppressed boolean NOT NULL,
  occurrence text NOT NULL, version int8 NOT NULL, active_time timestamptz, cleared_time timestamptz, acknowledged_time timestamptz,
  acknowledged_by text, comment text, value float8, message text NOT NULL, pending text, pending_since timestamptz, simulated boolean NOT NULL,
  PRIMARY KEY (tenant, site, id)
) WITH (fillfactor = 70);
CREATE TABLE alarm_transition (
  seq int8 GENERATED ALWAYS AS IDENTITY, tenant text NOT NULL, site text NOT NULL, id text NOT NULL, alarm text NOT NULL, rule_uid text NOT NULL,
  rule text NOT NULL, device text NOT NULL, tag text NOT NULL, limit_name text NOT NULL, priority text NOT NULL, occurrence text NOT NULL,
  kind text NOT NULL, state text NOT NULL, time timestamptz NOT NULL, value float8, status int4, message text NOT NULL, user_name text, comment text,
  cause text NOT NULL, simulated boolean NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(), PRIMARY KEY (tenant, site, id)
);
CREATE INDEX alarm_transition_time ON alarm_transition (tenant, site, time, seq);
CREATE INDEX alarm_transition_alarm ON alarm_transition (tenant, site, alarm, seq);
CREATE TABLE event (
  event_id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tenant text NOT NULL, site text NOT NULL, time timestamptz NOT NULL,
  kind text NOT NULL, device text, message text NOT NULL, user_name text, details jsonb
);
CREATE INDEX event_time ON event (tenant, site, time, event_id);`;

const SECURED = [
  'device',
  'tag',
  'tag_revision',
  'site_model',
  'site_owner',
  'ingest_progress',
  'quarantine',
  'alarm_state',
  'alarm_transition',
  'event',
];

/** The store: readings, catalogue, ownership, alarms, events, and who may see which rows. */
export const storeMigration: Migration = {
  version: 1,
  name: 'store',
  up: async (client, { layout }) => {
    await client.query(SCOPE_FUNCTION);
    await client.query(history(layout));
    await client.query(CATALOGUE + OWNING + ALARMS);
    for (const table of SECURED) await client.query(secureTable(table));
  },
};

function history(layout: Layout): string {
  if (layout === 'partitions') return HISTORY.replaceAll('PARTITIONED', 'PARTITION BY RANGE (time)');
  const hyper = ['reading', 'reading_text'].map(
    (table) => `SELECT create_hypertable('${table}', 'time', chunk_time_interval => interval '1 day', create_default_indexes => false);`,
  );
  return HISTORY.replaceAll(' PARTITIONED', '') + hyper.join('');
}
