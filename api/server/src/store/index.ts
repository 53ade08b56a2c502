export { createStore, type Store } from './create-store.ts';
export { DatabaseError } from './database-error.ts';
export { migrate } from './migrate.ts';
export type { Migration } from './migrations/migration.ts';
export { InvalidCursor } from './readings/raw-readings.ts';
export type { StoreLog } from './store-log.ts';
