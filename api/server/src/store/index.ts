export { MigrationError, migrate } from './migrate.ts';
export type { Migration } from './migrations/migration.ts';
