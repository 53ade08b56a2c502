import { tokenHash } from '@kubeplant/kit';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startPlainServer } from '../../../../e2e/src/databases/plain-server.ts';
import { LOGIN, loginUrl, prepareTemplate, TEMPLATE } from '../../../../e2e/src/databases/prepare-template.ts';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { connectCollector, testBlock, testRun } from '../ingest/collector.fixture.ts';
import { deliver } from '../ingest/deliver.fixture.ts';
import { caPem, eventually, startTestApi, type TestApi } from './api.fixture.ts';
import { device, model, packed, tag, TOKEN } from './plant.fixture.ts';

const PER_BLOCK = 50;

/** Blocks whose values count up: a lost or doubled row shows. */
function countingBlocks(run: string, count: number, startUs: number): Map<number, Buffer> {
  const blocks = new Map<number, Buffer>();
  for (let seq = 1; seq <= count; seq += 1) {
    const readings = Array.from({ length: PER_BLOCK }, (_one, row) => {
      const number = (seq - 1) * PER_BLOCK + row;
      return { tag: 1, timeUs: startUs + number * 10, value: number };
    });
    blocks.set(seq, testBlock(run, seq, readings));
  }
  return blocks;
}

async function expectEachOnce(url: string, blocks: number): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const found = await client.query(
    'SELECT count(*)::int AS rows, count(DISTINCT value)::int AS different, max(value)::int AS last FROM reading',
  );
  await client.end();
  expect(found.rows[0]).toEqual({ rows: blocks * PER_BLOCK, different: blocks * PER_BLOCK, last: blocks * PER_BLOCK - 1 });
}

/** Tells, on a connection of its own, when more is stored than when last asked; and when nothing more can come. */
async function followProgress(url: string) {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // some tests kill the server
  await client.connect();
  let seen = 0;
  return {
    more: (isDone: () => boolean) =>
      eventually('more is stored', async () => {
        const { rows } = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM reading');
        const count = rows[0]?.count ?? 0;
        if (count <= seen) return isDone();
        seen = count;
        return true;
      }),
    end: () => client.end(),
  };
}

const plant = packed(model([device('pump', [tag('count')])]));
const run = testRun('run-count', ['count']);

describe.each(engines())('exactly once on %s', (engine) => {
  let database: TestDatabase;
  let api: TestApi;
  beforeEach(async () => {
    database = await createTestDatabase(engine);
    api = await startTestApi(database.url);
    await api.sites.applyModel(plant);
  });
  afterEach(async () => {
    await api.stop();
    await database.drop();
  });

  it('stores every reading once while database connections are cut again and again', async () => {
    const admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    const progress = await followProgress(database.adminUrl);
    let done = false;
    const cutting = (async () => {
      for (let cut = 0; cut < 4 && !done; cut += 1) {
        await progress.more(() => done);
        await admin.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1 AND application_name = 'kubeplant api'`,
          [database.name],
        );
      }
    })();
    const blocks = countingBlocks('run-count', 1500, Date.now() * 1000);
    await deliver({ port: () => api.ingest.port, caPem, token: TOKEN, run: 'run-count', dictionary: run, blocks });
    done = true;
    await cutting;
    await admin.end();
    await progress.end();
    await expectEachOnce(database.adminUrl, 1500);
  });

  it('stores every reading once while the api dies and comes back', async () => {
    const blocks = countingBlocks('run-count', 300, Date.now() * 1000);
    const progress = await followProgress(database.adminUrl);
    let done = false;
    const killing = (async () => {
      for (let kill = 0; kill < 3 && !done; kill += 1) {
        await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
        await progress.more(() => done);
        const dead = api;
        api = await startTestApi(database.url);
        await dead.abandon();
      }
    })();
    await deliver({ port: () => api.ingest.port, caPem, token: TOKEN, run: 'run-count', dictionary: run, blocks });
    done = true;
    await killing;
    await progress.end();
    await expectEachOnce(database.adminUrl, 300);
  });

  it('lets a newer owner fence the older one, which writes nothing more and does not take back', async () => {
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
    const older = api;
    api = await startTestApi(database.url);
    await eventually('the newer one owns', () => api.sites.recording('local/default', 'north'));
    const stale = connectCollector({ port: older.ingest.port, caPem, token: TOKEN });
    await stale.hello();
    stale.send(run);
    stale.send({ $case: 'block', value: testBlock('run-count', 1, [{ tag: 1, timeUs: Date.now() * 1000, value: -1 }]) });
    expect([0, 14]).toContain((await stale.ended).code); // sent elsewhere, or cut when its commit is refused
    const hello = {
      tenant: 'local/default',
      site: 'north',
      shard: 'shard-0',
      collectorVersion: '',
      sentUs: 0,
      instance: 'collector-0',
      epoch: 0,
      standby: false,
      committed: [],
      runs: [],
    };
    await eventually('the older one knows that it is over', () => {
      const opened = older.sites.open(hello, { tokenHash: tokenHash(TOKEN), send: () => {}, close: () => {} });
      return opened.kind === 'redirect' && opened.endpoint !== '';
    });
    const blocks = countingBlocks('run-count', 20, Date.now() * 1000);
    await deliver({ port: () => api.ingest.port, caPem, token: TOKEN, run: 'run-count', dictionary: run, blocks });
    await expectEachOnce(database.adminUrl, 20);
    expect(api.sites.recording('local/default', 'north')).toBe(true);
    await older.stop();
  });

  it('sends collectors to the replica that owns the site', async () => {
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
    const other = await startTestApi(database.url, { replica: 'api-1' });
    const hello = {
      tenant: 'local/default',
      site: 'north',
      shard: 'shard-0',
      collectorVersion: '',
      sentUs: 0,
      instance: 'collector-0',
      epoch: 0,
      standby: false,
      committed: [],
      runs: [],
    };
    const port = { tokenHash: tokenHash(TOKEN), send: () => {}, close: () => {} };
    const redirect = await eventually('the other replica knows the owner', () => {
      const opened = other.sites.open(hello, port);
      return opened.kind === 'redirect' && opened.endpoint !== '' ? opened : undefined;
    });
    expect(redirect.endpoint).toBe('api-0:8443');
    await other.stop();
  });
});

describe('exactly once through a crash of the database', () => {
  it('stores every reading once when PostgreSQL dies and comes back', async () => {
    const server = await startPlainServer({ durable: true });
    const url = loginUrl(server.adminUrl, await prepareTemplate(server.adminUrl, 'plain'), 'crash');
    const admin = new pg.Client({ connectionString: server.adminUrl });
    await admin.connect();
    await admin.query(`CREATE DATABASE crash OWNER ${LOGIN} TEMPLATE ${TEMPLATE}`);
    await admin.end();
    const api = await startTestApi(url);
    await api.sites.applyModel(plant);
    const blocks = countingBlocks('run-count', 300, Date.now() * 1000);
    const crashUrl = new URL(server.adminUrl);
    crashUrl.pathname = '/crash';
    const progress = await followProgress(crashUrl.href);
    const crashing = (async () => {
      await progress.more(() => false);
      await server.stop('SIGQUIT');
      await eventually('the owner notices', () => !api.sites.recording('local/default', 'north'));
      await server.start();
    })();
    await deliver({ port: () => api.ingest.port, caPem, token: TOKEN, run: 'run-count', dictionary: run, blocks });
    await crashing;
    await expectEachOnce(crashUrl.href, 300);
    await api.stop();
    await server.remove();
  });
});
