import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { createTestDatabase, engines } from '../../../../e2e/src/databases/test-database.ts';
import { migrate } from './migrate.ts';

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
