import { expect, it } from 'vitest';
import { unfit } from './check-database.ts';
import { DatabaseError, explainDatabaseError, roleError } from './database-error.ts';

const fit = { version: 170_010, version_text: '17.10', encoding: 'UTF8', standby: false, bypasses: null };
const at = { host: 'db', port: 5432, user: 'maker', database: 'plant' };

it.each([
  [{ version: 140_012, version_text: '14.12' }, 'PostgreSQL 14.12, which is too old: upgrade it to 15 or newer'],
  [{ standby: true }, 'a read-only copy: give the address of the primary'],
  [{ encoding: 'LATIN1' }, "keeps text as LATIN1: make another one with CREATE DATABASE … ENCODING 'UTF8'"],
  [{ bypasses: true }, 'ALTER ROLE kubeplant_runtime NOSUPERUSER NOBYPASSRLS;'],
])('a server that is not fit (%o) is refused with what to do', (facts, told) => {
  expect(unfit({ ...fit, ...facts })).toContain(told);
});

it('PostgreSQL 15 and newer in UTF8 is fit, whether the role is made or not', () => {
  for (const bypasses of [null, false]) expect(unfit({ ...fit, version: 150_000, bypasses })).toBeUndefined();
});

it.each([
  [{ code: 'ECONNREFUSED' }, 'unreachable', 'db:5432 does not answer (ECONNREFUSED)'],
  [{ message: 'timeout expired' }, 'unreachable', 'db:5432 does not answer (timeout expired)'],
  [{ code: 'ENOTFOUND' }, 'unreachable', 'not known by that name'],
  [{ code: 'SELF_SIGNED_CERT_IN_CHAIN' }, 'unreachable', 'sslrootcert=FILE'],
  [{ message: 'The server does not support SSL connections' }, 'unreachable', 'take sslmode out of the URL'],
  [{ message: 'SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string' }, 'refused', 'the URL has none'],
  [{ code: '28000', message: 'no pg_hba.conf entry' }, 'refused', 'add a line for it to pg_hba.conf'],
  [{ code: '53300', message: 'too many clients' }, 'unreachable', 'raise max_connections'],
  [
    { code: '53100', message: 'could not extend file' },
    'full',
    'the disk of the database is full (could not extend file): make room there',
  ],
  [{ code: '42501', message: 'permission denied for database plant' }, 'rights', 'GRANT CREATE, CONNECT ON DATABASE "plant" TO "maker";'],
  [{ code: '42501', message: 'must be owner of table reading' }, 'rights', 'the login that made the tables'],
])('%o is explained', (error, code, told) => {
  const explained = explainDatabaseError(error, at);
  expect(explained).toBeInstanceOf(DatabaseError);
  expect(explained).toMatchObject({ code, message: expect.stringContaining(told) });
});

it('what is no matter of the connection stays as it is', () => {
  const bug = new TypeError('x is not a function');
  expect(explainDatabaseError(bug, at)).toBe(bug);
  const known = roleError('maker', true, bug);
  expect(explainDatabaseError(known, at)).toBe(known);
});
