import pg from 'pg';
import { DatabaseError } from '../database-error.ts';
import type { Layout } from '../migrations/migration.ts';
import { assertDependents } from './dependents.ts';
import type { Client } from './in-transaction.ts';
import { layoutOf, MOVED_TABLES, otherLayout } from './moved-tables.ts';

/** Refuse to move a history that processes work on. One that is only starting, or would move it too, is refused itself. */
export async function assertAlone(client: Client): Promise<void> {
  const others = await client.query<{ who: string }>(`
    SELECT format('%s (process %s, from %s)', application_name, pid, coalesce(host(client_addr), 'this machine')) AS who
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
      AND application_name LIKE 'kubeplant%' AND application_name NOT LIKE 'kubeplant migrate%' ORDER BY 1`);
  if (others.rows.length === 0) return;
  throw new DatabaseError(
    'in-use',
    `the database is in use by ${others.rows.map(({ who }) => who).join(', ')}: stop every api and every process with jobs (\`kubeplant down\`; on Kubernetes scale them to 0), then run this again; collectors may go on`,
  );
}

/** Whoever makes the new tables owns them. */
export async function assertOwner(client: Client): Promise<void> {
  const found = await client.query<{ owner: string }>(
    `SELECT DISTINCT pg_get_userbyid(relowner) AS owner FROM pg_class
    WHERE oid IN (SELECT to_regclass(name) FROM unnest($1::text[]) AS t (name)) AND pg_get_userbyid(relowner) <> current_user`,
    [MOVED_TABLES.map(({ name }) => name)],
  );
  const [row] = found.rows;
  if (row !== undefined)
    throw new DatabaseError('rights', `the tables belong to the login "${row.owner}": give that one in the URL, which the api has too`);
}

/** Refuse what cannot be taken along before anything is changed. */
export async function assertMovable(client: Client, to: Layout): Promise<void> {
  for (const { name } of MOVED_TABLES) if ((await layoutOf(client, name)) === otherLayout(to)) await assertDependents(client, name);
}

/** Load TimescaleDB where it is not yet, and try whether it makes hypertables. On a connection of its own: a server that cannot may end it. */
export async function ensureTimescale(databaseUrl: string): Promise<void> {
  const client = new pg.Client({
    connectionString: databaseUrl,
    application_name: 'kubeplant migrate-storage',
    connectionTimeoutMillis: 10_000,
  });
  client.on('error', () => {}); // what it was doing rejects
  await client.connect();
  try {
    const known = await client.query(`SELECT 1 FROM pg_available_extensions WHERE name = 'timescaledb'`);
    if (known.rowCount === 0) throw noTimescale('the server does not have it');
    try {
      await client.query('CREATE EXTENSION IF NOT EXISTS timescaledb');
      await client.query(
        `BEGIN; CREATE TABLE kubeplant_probe (time timestamptz NOT NULL); SELECT create_hypertable('kubeplant_probe', 'time'); ROLLBACK`,
      );
    } catch (error) {
      throw noTimescale(error instanceof Error ? error.message : String(error), error);
    }
  } finally {
    await client.end();
  }
}

const noTimescale = (why: string, cause?: unknown): DatabaseError =>
  new DatabaseError(
    'extension',
    `hypertables need TimescaleDB (${why}): install its package for this PostgreSQL, put timescaledb into shared_preload_libraries, restart the server and let a superuser run, in this database: CREATE EXTENSION timescaledb; nothing was changed`,
    cause,
  );
