import { afterEach, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../../e2e/src/databases/test-database.ts';
import { askOnce } from '../describe-schema.fixture.ts';
import { migrate } from '../migrate.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import { DAY_US, insert, silent } from '../packing/packing.fixture.ts';
import { createDatabaseOf, describeKinds, digestRows, fillHistory, move, withStore } from './migrate-storage.fixture.ts';
import { otherLayout } from './moved-tables.ts';

const stateOf = (url: string) => askOnce(url, 'SELECT version, min_code_version, layout, storage_move FROM schema_info');

let database: TestDatabase;
afterEach(() => database.drop());

describe('a move without TimescaleDB', () => {
  it('says what to install before anything is changed', async () => {
    database = await createTestDatabase('plain');
    const before = [await stateOf(database.url), await describeKinds(database.url)];
    await expect(move(database.url, 'hypertables')).rejects.toThrow(
      /^hypertables need TimescaleDB \(the server does not have it\): install .*shared_preload_libraries.*CREATE EXTENSION timescaledb; nothing was changed$/,
    );
    expect([await stateOf(database.url), await describeKinds(database.url)]).toEqual(before);
  });

  it('has nothing to do for partitions', async () => {
    database = await createTestDatabase('plain');
    expect(await move(database.url, 'partitions')).toEqual([{ event: 'unchanged', layout: 'partitions' }]);
  });

  it('finds out a database that is not ours', async () => {
    database = await createTestDatabase('plain', { empty: true });
    await expect(move(database.url, 'partitions')).rejects.toThrow('there is no history of Kubeplant in this database: correct the URL');
  });
});

describe.skipIf(!engines().includes('timescale'))('a move', () => {
  it('loads TimescaleDB where the login may, and says what to do where it may not', async () => {
    database = await createDatabaseOf('partitions');
    await askOnce(database.adminUrl, `DROP EXTENSION timescaledb; ALTER DATABASE ${database.name} OWNER TO CURRENT_USER`);
    await expect(move(database.url, 'hypertables')).rejects.toThrow(
      /permission denied .*superuser run, in this database: CREATE EXTENSION/,
    );
    expect(await stateOf(database.url)).toMatchObject([{ layout: 'partitions', storage_move: null }]);
    await askOnce(database.adminUrl, `ALTER DATABASE ${database.name} OWNER TO ${new URL(database.url).username}`);
    expect((await move(database.url, 'hypertables')).at(-1)).toMatchObject({ event: 'done', layout: 'hypertables' });
  });

  it('is refused while processes are connected, and names them', async () => {
    database = await createDatabaseOf('hypertables');
    await withStore(database.url, async (store) => {
      await store.pool.query('SELECT 1');
      await expect(move(database.url, 'partitions')).rejects.toThrow(
        /in use by kubeplant api \(process \d+, from [^)]+\)[^:]*: stop every api/,
      );
    });
    expect((await move(database.url, 'partitions')).at(-1)).toMatchObject({ event: 'done' });
  });

  it('is refused while another is at work', async () => {
    database = await createDatabaseOf('hypertables');
    const both = await Promise.allSettled([move(database.url, 'partitions'), move(database.url, 'partitions')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(String(both.find(({ status }) => status === 'rejected')?.['reason' as never])).toMatch(
      /another `kubeplant migrate-storage` is at work/,
    );
  });

  it('is refused for a login that does not own the tables', async () => {
    database = await createDatabaseOf('hypertables');
    const owner = new URL(database.url).username;
    await expect(move(database.adminUrl, 'partitions')).rejects.toThrow(`the tables belong to the login "${owner}": give that one`);
  });

  it('is refused where something hangs on a table that cannot be taken along, with its name', async () => {
    database = await createDatabaseOf('partitions');
    await askOnce(database.url, 'CREATE MATERIALIZED VIEW per_tag AS SELECT tag_id, count(*) FROM reading GROUP BY 1');
    await askOnce(database.adminUrl, 'CREATE SCHEMA theirs; CREATE VIEW theirs.longest AS SELECT * FROM reading_long');
    await askOnce(
      database.url,
      `CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER noted AFTER INSERT ON rollup_1m FOR EACH ROW EXECUTE FUNCTION noted()`,
    );
    const before = await describeKinds(database.url);
    for (const [named, mend] of [
      ['materialized view public.per_tag', 'DROP MATERIALIZED VIEW per_tag'],
      ['view theirs.longest', 'DROP VIEW theirs.longest'],
      ['trigger noted on table rollup_1m', 'DROP TRIGGER noted ON rollup_1m'],
    ] as const) {
      await expect(move(database.url, 'hypertables')).rejects.toThrow(`${named}: this hangs on the table`);
      await askOnce(database.adminUrl, mend);
    }
    expect([...(await describeKinds(database.url))].filter((kind) => !before.has(kind))).toEqual([]);
    expect((await move(database.url, 'hypertables')).at(-1)).toMatchObject({ event: 'done' });
  });
});

describe.skipIf(!engines().includes('timescale')).each(['partitions', 'hypertables'] as const)(
  'a move to %s that is stopped half-way',
  (to) => {
    it('keeps every process out, this release and the one before, and can be turned back', async () => {
      database = await createDatabaseOf(otherLayout(to), 'Odd näme');
      await fillHistory(database.url);
      const before = [await digestRows(database.url), await describeKinds(database.url), await stateOf(database.url)];
      const stop = new AbortController();
      const told = await move(database.url, to, {
        signal: stop.signal,
        tell: (event) => {
          if (event.event === 'span' && event.spansDone === 3) stop.abort();
        },
      });
      expect(told).toEqual([]);
      await expect(migrate(database.url, silent)).rejects.toThrow(`go on with \`kubeplant migrate-storage --to ${to}\``);
      await expect(migrate(database.url, silent, MIGRATIONS.slice(0, 8))).rejects.toThrow(
        /needs code that knows schema 9; this code knows 8/,
      );
      await withStore(database.url, async (store) => {
        const sample = { tagId: 1, timeUs: DAY_US, value: 1, receivedDeltaMs: 0, status: 0, flags: 0 };
        await expect(insert(store, [sample])).rejects.toThrow('permission denied for table reading');
      });
      expect((await move(database.url, otherLayout(to))).at(-1)).toMatchObject({ event: 'done', layout: otherLayout(to) });
      expect([await digestRows(database.url), await describeKinds(database.url), await stateOf(database.url)]).toEqual(before);
      await migrate(database.url, silent);
      expect((await move(database.url, to)).at(-1)).toMatchObject({ event: 'done', layout: to });
      expect(await digestRows(database.url)).toEqual(before[0]);
    });
  },
);
