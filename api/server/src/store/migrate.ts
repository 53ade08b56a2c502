import pg from 'pg';
import { checkDatabase } from './check-database.ts';
import { addressOf, DatabaseError, explainDatabaseError, movingError, roleError } from './database-error.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Layout, Migration } from './migrations/migration.ts';
import { RUNTIME_ROLE, RUNTIME_ROLE_SQL } from './migrations/row-security.ts';
import type { StoreLog } from './store-log.ts';

/** Whoever holds it changes the schema. */
export const SCHEMA_LOCK = 7_201_001;

/** Bring the database to this code's schema. Safe to run from several processes at once: the second waits and finds nothing to do. */
export async function migrate(databaseUrl: string, log: StoreLog, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl, application_name: 'kubeplant migrate', connectionTimeoutMillis: 10_000 });
  client.on('error', (error) => log.warn({ err: error }, 'connection lost while migrating'));
  try {
    await client.connect();
  } catch (error) {
    client.connection.stream.destroy(); // else a server that was asked for a password waits for it
    throw explainDatabaseError(error, addressOf(client));
  }
  try {
    await checkDatabase(client, log);
    await client.query('SELECT pg_advisory_lock($1)', [SCHEMA_LOCK]);
    const layout = await ensureSchemaInfo(client);
    const version = await readVersion(client, migrations);
    await ensureRole(client);
    for (const migration of migrations.filter((one) => one.version > version)) await apply(client, migration, layout, log);
  } catch (error) {
    throw explainDatabaseError(error, addressOf(client));
  } finally {
    await client.end();
  }
}

/** The layout chosen for this database: once, when its first migration runs. */
async function ensureSchemaInfo(client: pg.Client): Promise<Layout> {
  await client.query(`CREATE TABLE IF NOT EXISTS schema_info (
    one boolean PRIMARY KEY DEFAULT true CHECK (one), version int4 NOT NULL, min_code_version int4 NOT NULL, layout text NOT NULL)`);
  const present = await client.query<{ layout: Layout }>('SELECT layout FROM schema_info');
  const row = present.rows[0];
  if (row !== undefined) return row.layout;
  const layout = (await hasTimescale(client)) ? 'hypertables' : 'partitions';
  await client.query('INSERT INTO schema_info (version, min_code_version, layout) VALUES (0, 0, $1)', [layout]);
  return layout;
}

async function hasTimescale(client: pg.Client): Promise<boolean> {
  const found = await client.query<{ installed: boolean }>(
    `SELECT installed_version IS NOT NULL AS installed FROM pg_available_extensions WHERE name = 'timescaledb'`,
  );
  const row = found.rows[0];
  if (row === undefined || row.installed) return row !== undefined;
  try {
    await client.query('CREATE EXTENSION timescaledb');
    return true;
  } catch {
    return false; // on disk but not preloaded, or this login may not create it: plain partitions then
  }
}

async function ensureRole(client: pg.Client): Promise<void> {
  try {
    await client.query(RUNTIME_ROLE_SQL);
    await client.query(`GRANT SELECT ON schema_info TO ${RUNTIME_ROLE}`);
  } catch (error) {
    const found = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [RUNTIME_ROLE]);
    throw roleError(client.user ?? '', found.rowCount === 1, error);
  }
}

/** The schema there is. Rejects when it is not for this code, or when its tables are on the move. */
export async function readVersion(
  client: Pick<pg.ClientBase, 'query'>,
  migrations: readonly Migration[],
  { whileMoving = false } = {},
): Promise<number> {
  // Of a column that comes with a later migration.
  const info = await client.query<{ version: number; min_code_version: number; moving_to: Layout | null }>(
    `SELECT version, min_code_version, to_jsonb(schema_info) -> 'storage_move' ->> 'to' AS moving_to FROM schema_info`,
  );
  const row = info.rows[0] ?? { version: 0, min_code_version: 0, moving_to: null };
  const known = migrations.at(-1)?.version ?? 0;
  if (row.min_code_version > known) {
    const message = `the database has schema ${row.version}, which needs code that knows schema ${row.min_code_version}; this code knows ${known}: run a newer Kubeplant`;
    throw new DatabaseError('newer-schema', message);
  }
  if (row.moving_to !== null && !whileMoving) throw movingError(row.moving_to);
  return row.version;
}

async function apply(client: pg.Client, migration: Migration, layout: Layout, log: StoreLog): Promise<void> {
  await client.query('BEGIN');
  try {
    await migration.up(client, { layout });
    const min = migration.minCodeVersion ?? 0;
    await client.query('UPDATE schema_info SET version = $1, min_code_version = greatest(min_code_version, $2)', [migration.version, min]);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
  log.info({ version: migration.version, migration: migration.name, layout }, 'migrated');
}
