import { accountsMigration } from '../../auth/accounts-migration.ts';
import { storeMigration } from './0001-store.ts';
import { historyClassesMigration } from './0003-history-classes.ts';
import { rollupsMigration } from './0004-rollups.ts';
import { retentionMigration } from './0005-retention.ts';
import { exportsMigration } from './0006-exports.ts';
import { shardDevicesMigration } from './0007-shard-devices.ts';
import { biViewsMigration } from './0008-bi-views.ts';
import { storageMoveMigration } from './0009-storage-move.ts';
import { lateReadingsMigration } from './0010-late-readings.ts';
import type { Migration } from './migration.ts';

/** All steps in order. */
export const MIGRATIONS: readonly Migration[] = [
  storeMigration,
  accountsMigration,
  historyClassesMigration,
  rollupsMigration,
  retentionMigration,
  exportsMigration,
  shardDevicesMigration,
  biViewsMigration,
  storageMoveMigration,
  lateReadingsMigration,
];
