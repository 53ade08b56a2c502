import { randomBytes } from 'node:crypto';
import { migrate } from '@kubeplant/api-server/store';
import pg from 'pg';

/** Database that test databases are copied from: migrated, and owned by the login. */
export const TEMPLATE = 'kubeplant_template';

/** The login of the tests: no superuser, so that row-level security binds it. */
export const LOGIN = 'kubeplant_login';

const silent = { info: () => {}, warn: () => {}, error: () => {} };

/** Make the login and the migrated template on a server; returns the login's password. */
export async function prepareTemplate(adminUrl: string, engine: 'plain' | 'timescale'): Promise<string> {
  const password = randomBytes(12).toString('hex');
  await query(adminUrl, `DROP DATABASE IF EXISTS ${TEMPLATE} WITH (FORCE)`);
  const existing = await query(adminUrl, `SELECT 1 FROM pg_roles WHERE rolname = '${LOGIN}'`);
  await query(
    adminUrl,
    `${existing.rowCount === 0 ? 'CREATE' : 'ALTER'} ROLE ${LOGIN} LOGIN CREATEROLE NOSUPERUSER PASSWORD '${password}'`,
  );
  await query(adminUrl, `CREATE DATABASE ${TEMPLATE} OWNER ${LOGIN}`);
  const templateUrl = new URL(adminUrl);
  templateUrl.pathname = `/${TEMPLATE}`;
  if (engine === 'timescale') await query(templateUrl.href, 'CREATE EXTENSION IF NOT EXISTS timescaledb');
  await migrate(loginUrl(adminUrl, password, TEMPLATE), silent);
  await query(adminUrl, `ALTER DATABASE ${TEMPLATE} WITH ALLOW_CONNECTIONS false`);
  await query(adminUrl, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${TEMPLATE}'`);
  return password;
}

/** Address of a database for the login. */
export function loginUrl(adminUrl: string, password: string, database: string): string {
  const url = new URL(adminUrl);
  url.username = LOGIN;
  url.password = password;
  url.pathname = `/${database}`;
  return url.href;
}

/** One statement on a connection of its own. */
export async function query(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await client.query(sql);
  } finally {
    await client.end();
  }
}
