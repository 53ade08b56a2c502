import type { Migration } from './migration.ts';

/** While a database is moved to the other layout: to which, what `min_code_version` was before, and how many rows each table has to end with. */
export const storageMoveMigration: Migration = {
  version: 9,
  name: 'storage move',
  up: async (client) => {
    await client.query('ALTER TABLE schema_info ADD COLUMN storage_move jsonb');
  },
};
