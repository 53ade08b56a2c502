import type { Migration } from './migration.ts';
import { secureTable } from './row-security.ts';

/** Devices that a shard has, or once had: what its collector still holds of them is taken. */
const SHARD_DEVICES = `
CREATE TABLE shard_device (
  tenant text NOT NULL, site text NOT NULL, shard text NOT NULL, device text NOT NULL, PRIMARY KEY (tenant, site, shard, device)
);`;

/** Which shards a device has been on. */
export const shardDevicesMigration: Migration = {
  version: 7,
  name: 'shard devices',
  up: async (client) => {
    await client.query(SHARD_DEVICES);
    await client.query(secureTable('shard_device'));
  },
};
