import type pg from 'pg';
import { DatabaseError } from './database-error.ts';
import { RUNTIME_ROLE } from './migrations/row-security.ts';
import type { StoreLog } from './store-log.ts';

const OLDEST = 150_000;

interface ServerFacts {
  readonly version: number;
  readonly version_text: string;
  readonly encoding: string;
  readonly superuser: boolean;
  readonly standby: boolean;
  /** The run-time role would see the rows of every tenant; null where it is still to be made. */
  readonly bypasses: boolean | null;
}

/** Refuse a server that cannot keep what is given to it, before anything is changed in it. */
export async function checkDatabase(client: Pick<pg.ClientBase, 'query'>, log: StoreLog): Promise<void> {
  const facts = await client.query<ServerFacts>(`
    SELECT current_setting('server_version_num')::int4 AS version, current_setting('server_version') AS version_text,
      current_setting('server_encoding') AS encoding, pg_is_in_recovery() AS standby,
      (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS superuser,
      (SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = '${RUNTIME_ROLE}') AS bypasses`);
  const [row] = facts.rows;
  if (row === undefined) return;
  const problem = unfit(row);
  if (problem !== undefined) throw new DatabaseError('unfit', problem);
  if (row.superuser)
    log.warn({}, 'the database login is a superuser, more than is needed: give one with CREATEROLE that owns the database');
}

/** Why a server cannot be used, and what to do. */
export function unfit({ version, version_text, encoding, standby, bypasses }: Omit<ServerFacts, 'superuser'>): string | undefined {
  if (version < OLDEST) return `the database is PostgreSQL ${version_text}, which is too old: upgrade it to 15 or newer`;
  if (standby) return 'the database is a read-only copy: give the address of the primary in the URL';
  if (encoding !== 'UTF8')
    return `the database keeps text as ${encoding}: make another one with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0`;
  if (bypasses === true)
    return `the role ${RUNTIME_ROLE} sees the rows of every tenant; let a superuser run: ALTER ROLE ${RUNTIME_ROLE} NOSUPERUSER NOBYPASSRLS;`;
  return undefined;
}
