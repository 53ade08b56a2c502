import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { createStore, type Store } from '../store/create-store.ts';
import { createAttempt } from './attempt.ts';
import { assertEpoch, claimSite, Fenced } from './claim-site.ts';
import { type DatabaseProxy, startDatabaseProxy } from './database-proxy.fixture.ts';
import { recoverSite } from './recover-site.ts';
import { writeEvents, writeProgress } from './write-rows.ts';

const place = { tenant: 'local/default', site: 'north' };
const scope = { grants: [place] };
const progress = [{ shard: 'shard-0', run: 'run-1', ranges: [{ first: 1, last: 3 }] }];
const silent = { info: () => {}, warn: () => {}, error: () => {} };

describe('after a commit without an answer', () => {
  let database: TestDatabase;
  let proxy: DatabaseProxy;
  let store: Store;
  let owner: typeof place & { readonly epoch: number };
  /** A second look at the database. */
  let server: pg.Client;

  const recover = (unclear: Partial<Parameters<typeof recoverSite>[3]>) =>
    recoverSite(
      createAttempt(store),
      owner,
      { links: new Map(), nowUs: Date.now() * 1000 },
      { progress: [], transactions: [], others: [], ...unclear },
    );
  const writeEvent = (client: Parameters<typeof writeEvents>[0]) =>
    writeEvents(client, owner, [{ timeUs: 1_700_000_000_000_000, kind: 'Test', message: 'a test' }]);

  beforeEach(async () => {
    database = await createTestDatabase('plain');
    proxy = await startDatabaseProxy(database.url);
    store = await createStore({ databaseUrl: proxy.url(database.url), log: silent });
    server = new pg.Client({ connectionString: database.adminUrl });
    await server.connect();
    const claim = { ...place, replica: 'api-0', endpoint: '', epochBefore: undefined, heardEpoch: 0 };
    owner = {
      ...place,
      epoch: await store.withScope(scope, (client) => claimSite(client, claim)).then((one) => ('epoch' in one ? one.epoch : 0)),
    };
  });
  afterEach(async () => {
    await server.end();
    await store.close();
    await proxy.close();
    await database.drop();
  });

  it('ends the transaction that still runs, frees what it holds, and knows that nothing of it is written', async () => {
    const attempt = createAttempt(store);
    const begun = Promise.withResolvers<void>();
    const cut = Promise.withResolvers<void>();
    const work = attempt.withOwnerScope(scope, async (client) => {
      await assertEpoch(client, owner);
      await writeProgress(client, owner, progress);
      begun.resolve();
      await cut.promise;
    });
    await begun.promise;
    proxy.loseAnswers();
    attempt.giveUp();
    cut.reject(new Error('cut'));
    await expect(work).rejects.toThrow('cut');
    const { rows } = await server.query(`SELECT count(*)::int AS open FROM pg_stat_activity WHERE backend_xid = $1::xid8::xid`, [
      attempt.transactions[0],
    ]);
    expect(rows).toEqual([{ open: 1 }]);
    expect(await recover({ progress, transactions: attempt.transactions })).toBe('missing');
    const locks = await server.query(`SELECT FROM pg_stat_activity WHERE backend_xid = $1::xid8::xid`, [attempt.transactions[0]]);
    expect(locks.rowCount).toBe(0);
  });

  it('ends nothing of others on a connection that served the transaction before', async () => {
    const attempt = createAttempt(store);
    let pid = 0;
    await attempt.withOwnerScope(scope, async (client) => {
      pid = (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;
    });
    const other = await store.pool.connect();
    expect((await other.query('SELECT pg_backend_pid() AS pid')).rows).toEqual([{ pid }]);
    await other.query('BEGIN; CREATE TEMP TABLE mine (one int4)');
    attempt.giveUp();
    await recover({ transactions: attempt.transactions });
    expect(((await other.query('SELECT count(*)::int AS rows FROM mine; COMMIT')) as unknown as { rows: unknown }[])[0]?.rows).toEqual([
      { rows: 0 },
    ]);
    other.release();
  });

  it('knows of a batch without blocks, too, whether it was committed', async () => {
    const written = createAttempt(store);
    await written.withOwnerScope(scope, writeEvent);
    const failed = createAttempt(store);
    const refused = failed.withOwnerScope(scope, async (client) => {
      await writeEvent(client);
      throw new Error('no');
    });
    await expect(refused).rejects.toThrow('no');
    expect(await recover({ transactions: failed.transactions })).toBe('missing');
    expect(await recover({ transactions: [...failed.transactions, ...written.transactions] })).toBe('written');
    expect(await recover({ transactions: ['4611686018427387904'] })).toBe('missing'); // of a database that has gone back since
    expect(await recover({ progress, transactions: written.transactions })).toBe('missing'); // blocks say it themselves
  });

  it('writes nothing more once it was given up, and says when another owner has come', async () => {
    const attempt = createAttempt(store);
    attempt.giveUp();
    await expect(attempt.withOwnerScope(scope, writeEvent)).rejects.toThrow('given up');
    await server.query('UPDATE site_owner SET epoch = epoch + 1');
    await expect(recover({})).rejects.toBeInstanceOf(Fenced);
  });
});
