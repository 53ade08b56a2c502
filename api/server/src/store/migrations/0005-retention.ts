import type { Migration } from './migration.ts';

/** How long events of a site are kept, and from when on there are sums by minute. */
export const retentionMigration: Migration = {
  version: 5,
  name: 'retention',
  up: async (client) => {
    await client.query('ALTER TABLE site_calendar ADD COLUMN event_days int4');
    await client.query('ALTER TABLE schema_info ADD COLUMN minutes_from timestamptz');
  },
};
