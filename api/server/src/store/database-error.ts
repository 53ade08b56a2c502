import type pg from 'pg';
import { RUNTIME_ROLE } from './migrations/row-security.ts';

/** Why a database cannot be used. */
export type DatabaseErrorCode =
  | 'unreachable'
  | 'refused'
  | 'missing'
  | 'rights'
  | 'unfit'
  | 'newer-schema'
  | 'role'
  | 'moving'
  | 'in-use'
  | 'full'
  | 'extension'
  | 'dependent'
  | 'copied';

/** The database cannot be used as it is. The message says what to do, and never holds the password. */
export class DatabaseError extends Error {
  override name = 'DatabaseError';
  readonly code: DatabaseErrorCode;
  constructor(code: DatabaseErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Where a connection goes, without its password. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
}

/** Where a client connects to. */
export const addressOf = ({ host, port, user = '', database = '' }: pg.Client): DatabaseAddress => ({ host, port, user, database });

/** What the driver or the server says, in words for whoever gave the URL; anything else as it is. */
export function explainDatabaseError(error: unknown, at: DatabaseAddress): unknown {
  if (error instanceof DatabaseError) return error;
  const { code = '', message = '' } = error as { readonly code?: string; readonly message?: string };
  const explained = ofNetwork(code, message, at) ?? ofServer(code, message, at);
  return explained === undefined ? error : new DatabaseError(explained[0], explained[1], error);
}

type Explained = readonly [DatabaseErrorCode, string] | undefined;

function ofNetwork(code: string, message: string, { host, port }: DatabaseAddress): Explained {
  const place = `the database at ${host}:${port}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return ['unreachable', `${place} is not known by that name (${code}): correct the host in the URL`];
  if (/^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ECONNRESET)$/.test(code) || /timeout expired|terminated/.test(message))
    return ['unreachable', `${place} does not answer (${code === '' ? message : code}): start it, or correct host and port in the URL`];
  if (/does not support SSL/.test(message))
    return ['unreachable', `${place} speaks no TLS: take sslmode out of the URL, or turn TLS on there`];
  if (/CERT|SIGNATURE/.test(code))
    return [
      'unreachable',
      `${place} shows a certificate that is not trusted (${code}): name its authority with sslrootcert=FILE in the URL`,
    ];
  if (code === 'ENOENT' || code === 'EACCES') return ['refused', `a file that the URL names cannot be read (${message}): correct the URL`];
  return undefined;
}

function ofServer(code: string, message: string, { user, database }: DatabaseAddress): Explained {
  if (/client password must be a string/.test(message))
    return [
      'refused',
      `the database asks for the password of "${user}" and the URL has none: write postgres://${user}:password@host:5432/${database}`,
    ];
  switch (code) {
    case '28P01':
      return ['refused', `the database refuses the password of "${user}": correct user and password in the URL`];
    case '28000':
      return ['refused', `the database does not let "${user}" in (${message}): make the login, or add a line for it to pg_hba.conf`];
    case '3D000':
      return [
        'missing',
        `there is no database "${database}": correct the URL, or let a superuser run: CREATE DATABASE "${database}" OWNER "${user}";`,
      ];
    case '25006':
      return ['unfit', 'the database is a read-only copy: give the address of the primary in the URL'];
    case '53100':
      return ['full', `the disk of the database is full (${message}): make room there`];
    case '55P03':
      return ['in-use', `somebody uses a table that has to be changed (${message}): end their session, then try again`];
    case '53300':
      return ['unreachable', `the database has no connection left (${message}): raise max_connections there, or end other programs`];
    case '42501':
      return ['rights', `the login "${user}" lacks a right (${message}): ${grantFor(message, user, database)}`];
    default:
      return undefined;
  }
}

/** What gives the login the right it lacks. */
function grantFor(message: string, user: string, database: string): string {
  const schema = /permission denied for schema "?([^"]+)"?/.exec(message)?.[1];
  if (schema !== undefined)
    return `let a superuser run, in the database "${database}": GRANT USAGE, CREATE ON SCHEMA "${schema}" TO "${user}";`;
  if (/permission denied for database/.test(message))
    return `let a superuser run: GRANT CREATE, CONNECT ON DATABASE "${database}" TO "${user}";`;
  if (/must be owner of|permission denied for (table|relation|sequence|function)/.test(message))
    return 'give the login that made the tables in the URL';
  return `let a superuser run: ALTER DATABASE "${database}" OWNER TO "${user}";`;
}

/** The run-time role is missing, or the login may not take it on: what a superuser has to run. */
export function roleError(user: string, exists: boolean, cause: unknown): DatabaseError {
  const make = exists ? '' : `CREATE ROLE ${RUNTIME_ROLE} NOLOGIN; `;
  const message = `the login "${user}" may not make or take on the role ${RUNTIME_ROLE}; let a superuser run: ${make}GRANT ${RUNTIME_ROLE} TO "${user}";`;
  return new DatabaseError('role', message, cause);
}

/** The history is between two layouts: nobody may work on it. */
export function movingError(to: string): DatabaseError {
  const message = `the history is being moved to the layout ${to}: wait until that is done, or, where it was broken off, go on with \`kubeplant migrate-storage --to ${to}\``;
  return new DatabaseError('moving', message);
}
