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

  it('refuses a schema that needs newer code, saying so', async () => {
    const database = await createTestDatabase(engine);
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query('UPDATE schema_info SET version = 99, min_code_version = 98');
    await client.end();
    await expect(migrate(database.url, log)).rejects.toThrow(/needs code that knows schema 98/);
    await database.drop();
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
