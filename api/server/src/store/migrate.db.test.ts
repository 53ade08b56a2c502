import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createTestDatabase, engines } from '../../../../e2e/src/databases/test-database.ts';
import { askOnce, describeSchema } from './describe-schema.fixture.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };

describe.each(engines())('migrations on %s', (engine) => {
  it('lets two starters migrate an empty database at once', async () => {
    const database = await createTestDatabase(engine, { empty: true });
    await Promise.all([migrate(database.url, log), migrate(database.url, log), migrate(database.url, log)]);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const info = await client.query('SELECT version, layout FROM schema_info');
    expect(info.rows).toHaveLength(1);
    expect(info.rows[0].layout).toBe(engine === 'plain' ? 'partitions' : 'hypertables');
    await client.end();
    await database.drop();
  });

  it('go on after they were killed at each of their statements, and end with the same schema', async () => {
    const straight = await createTestDatabase(engine);
    const database = await createTestDatabase(engine, { empty: true });
    let killed = 0;
    for (const [at, migration] of MIGRATIONS.entries()) {
      for (let nth = 1; ; nth += 1) {
        const dying = [...MIGRATIONS.slice(0, at), killAt(migration, nth)];
        const done = await migrate(database.url, log, dying).then(
          () => true,
          () => false,
        );
        expect(await readVersion(database.url)).toBe(done ? migration.version : migration.version - 1);
        if (done) break;
        killed += 1;
      }
    }
    expect(killed).toBeGreaterThan(MIGRATIONS.length);
    expect(await describeSchema(database.url)).toEqual(await describeSchema(straight.url));
    await Promise.all([straight.drop(), database.drop()]);
  });

  it('only add, so that the release before goes on beside them: it starts, and every column is as it knows it', async () => {
    const database = await createTestDatabase(engine, { empty: true });
    let before: Columns = new Map();
    for (const [at, { name }] of MIGRATIONS.entries()) {
      await migrate(database.url, log, MIGRATIONS.slice(0, at + 1));
      if (at > 0) await migrate(database.url, log, MIGRATIONS.slice(0, at));
      expect(await readVersion(database.url)).toBe(at + 1);
      const after = await readColumns(database.url);
      for (const [column, definition] of before) expect(after.get(column), `${column} after ${name}`).toEqual(definition);
      const tables = new Set([...before.keys()].map((column) => column.split('.')[0]));
      const isNew = (column: string): boolean => !before.has(column) && tables.has(column.split('.')[0]);
      expect([...after].filter(([column, { optional }]) => isNew(column) && !optional)).toEqual([]);
      before = after;
    }
    await database.drop();
  });

  it('refuses a schema that needs newer code, saying so, and touches nothing', async () => {
    const database = await createTestDatabase(engine);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('UPDATE schema_info SET version = 99, min_code_version = 98');
    await client.query('ALTER DEFAULT PRIVILEGES REVOKE SELECT ON TABLES FROM kubeplant_runtime');
    const rights = () => client.query('SELECT defaclacl::text FROM pg_default_acl').then(({ rows }) => rows);
    const before = await rights();
    await expect(migrate(database.url, log)).rejects.toThrow(/needs code that knows schema 98/);
    expect(await rights()).toEqual(before);
    await client.end();
    await database.drop();
  });

  it('says in one line what is wrong with the login or the address, and what to do, without the password', async () => {
    const database = await createTestDatabase(engine, { empty: true });
    const login = new URL(database.url).username;
    const stranger = `kp_stranger_${database.name}`;
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    await admin.query(`CREATE ROLE ${stranger} LOGIN PASSWORD 'sEcrEt'`);
    const withUrl = (change: (url: URL) => void): string => {
      const url = new URL(database.url);
      change(url);
      return url.href;
    };
    const cases: [string, RegExp][] = [
      [withUrl((url) => (url.password = 'sEcrEt')), new RegExp(`refuses the password of "${login}": correct`)],
      [withUrl((url) => (url.password = '')), /asks for the password of .* the URL has none/],
      [withUrl((url) => (url.pathname = '/nowhere')), new RegExp(`no database "nowhere": .*CREATE DATABASE "nowhere" OWNER "${login}";`)],
      [withUrl((url) => (url.port = '1')), /:1 does not answer \(ECONNREFUSED\): start it/],
      [
        withUrl((url) => ([url.username, url.password] = [stranger, 'sEcrEt'])),
        new RegExp(`"${stranger}" lacks a right .*GRANT USAGE, CREATE ON SCHEMA "public" TO "${stranger}";`),
      ],
    ];
    for (const [url, told] of cases) {
      const error = await migrate(url, log).then(
        () => undefined,
        (failed: Error) => failed,
      );
      expect(error?.message).toMatch(told);
      expect(error?.message).not.toMatch(/sEcrEt|\n/);
    }
    await admin.query(`GRANT USAGE, CREATE ON SCHEMA public TO ${stranger}`);
    const [, , , , [url = ''] = []] = cases;
    await expect(migrate(url, log)).rejects.toThrow(`a superuser run: GRANT kubeplant_runtime TO "${stranger}";`);
    await admin.end();
    await database.drop();
    const left = new pg.Client({ connectionString: new URL('/postgres', database.adminUrl).href });
    await left.connect();
    await left.query(`DROP ROLE ${stranger}`);
    await left.end();
  });

  it('forces row-level security on every table with a tenant', async () => {
    const database = await createTestDatabase(engine);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    const open = await client.query(`
      SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant'
      WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace AND NOT (c.relrowsecurity AND c.relforcerowsecurity)`);
    expect(open.rows).toEqual([]);
    await client.end();
    await database.drop();
  });
});

/** As the migration, but its connection dies with its nth statement. */
const killAt = (migration: Migration, nth: number): Migration => ({
  ...migration,
  up: (client, context) => {
    let calls = 0;
    const query = (...args: Parameters<typeof client.query>): Promise<unknown> => {
      calls += 1;
      if (calls === nth) client.query('SELECT pg_terminate_backend(pg_backend_pid())').catch(() => {});
      return client.query(...args) as unknown as Promise<unknown>; // migrations wait for their statements
    };
    return migration.up({ query } as typeof client, context); // the overloads of `query` are one function
  },
});

const readVersion = async (url: string): Promise<number> =>
  (await askOnce<{ version: number }>(url, 'SELECT version FROM schema_info'))[0]?.version ?? 0;

type Columns = Map<string, { readonly type: string; readonly optional: boolean }>;

async function readColumns(url: string): Promise<Columns> {
  const rows = await askOnce<{ name: string; type: string; optional: boolean }>(
    url,
    `SELECT table_name || '.' || column_name AS name, data_type AS type,
      is_nullable = 'YES' OR column_default IS NOT NULL OR is_identity = 'YES' AS optional
    FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  return new Map(rows.map(({ name, type, optional }) => [name, { type, optional }]));
}
