import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { createStore, type Store } from './create-store.ts';
import { toTimestamp } from './micros.ts';
import { packHistory } from './packing/pack-history.ts';
import { DAY_US, HOUR_US, insert, samplesOf, silent } from './packing/packing.fixture.ts';

const VIEWS = ['tags', 'latest', 'minutes', 'quarter_hours', 'days', 'events', 'alarms', 'alarm_journal'];
const READINGS = `SELECT * FROM kubeplant_bi.readings('pump', 'flow', '${toTimestamp(DAY_US)}', '${toTimestamp(DAY_US + 24 * HOUR_US)}')`;

describe.each(engines())('the views for other tools on %s', (engine) => {
  let database: TestDatabase;
  let store: Store;
  let login: pg.Client;
  let reader: pg.Client;
  let role: string;
  const ask = async (sql: string): Promise<Record<string, unknown>[]> => (await reader.query(sql)).rows;
  const grant = (grants: readonly string[]) =>
    login.query('INSERT INTO bi_reader VALUES ($1, $2) ON CONFLICT (login) DO UPDATE SET grants = $2', [role, grants]);
  const tenantsOf = async (view: string): Promise<unknown> =>
    (await ask(`SELECT DISTINCT tenant || ' ' || site AS place FROM kubeplant_bi.${view} ORDER BY 1`)).map(({ place }) => place);

  beforeAll(async () => {
    database = await createTestDatabase(engine);
    role = `bi_${database.name}`;
    store = await createStore({ databaseUrl: database.url, log: silent });
    await store.partitions.ensure(DAY_US, DAY_US + 24 * HOUR_US);
    login = new pg.Client({ connectionString: database.url });
    await login.connect();
    await login.query(`CREATE ROLE ${role} LOGIN PASSWORD 'bi'; GRANT USAGE ON SCHEMA kubeplant_bi TO ${role};
      GRANT SELECT ON ALL TABLES IN SCHEMA kubeplant_bi TO ${role}`);
    const url = new URL(database.url);
    [url.username, url.password] = [role, 'bi'];
    reader = new pg.Client({ connectionString: url.href });
    await reader.connect();
    await store.withScope({ grants: [{ tenant: '*', site: '*' }] }, async (client) => {
      for (const [tenant, site, device] of [
        ['a/x', 'north', 'pump'],
        ['a/x', 'south', 'fan'],
        ['b/y', 'north', 'pump'],
      ]) {
        const tag = await client.query<{ id: number }>(
          `INSERT INTO tag (tenant, site, device, name, origin, text, in_force) VALUES ($1, $2, $3, 'flow', 'Real', false, true) RETURNING tag_id AS id`,
          [tenant, site, device],
        );
        const id = tag.rows[0]?.id;
        await client.query(
          `INSERT INTO tag_revision (tag_id, tenant, site, since, kind, data_type, unit) VALUES ($1, $2, $3, 'epoch', 'Analog', 'Float64', 'm3/h')`,
          [id, tenant, site],
        );
        await client.query(`INSERT INTO tag_latest VALUES ($1, now(), 1.5, NULL, 32773, 0, now())`, [id]);
        for (const table of ['rollup_1m', 'rollup_15m', 'rollup_1d'])
          await client.query(
            `INSERT INTO ${table} (time, tag_id, n, bad, min, max, discontinuity, integral, good_ms) VALUES ($2, $1, 9, 1, 2, 4, false, 180000, 60000)`,
            [id, toTimestamp(DAY_US)],
          );
        await client.query(`INSERT INTO event (tenant, site, time, kind, message) VALUES ($1, $2, now(), 'k', 'm')`, [tenant, site]);
        await client.query(
          `INSERT INTO alarm_transition (tenant, site, time, id, alarm, rule_uid, rule, device, tag, limit_name, priority, occurrence, kind, state, message, cause, simulated)
          VALUES ($1, $2, now(), '1', '', '', 'r', '', '', '', '', '', '', '', '', '', false)`,
          [tenant, site],
        );
        await client.query(
          `INSERT INTO alarm_state (tenant, site, id, rule_uid, rule, device, tag, limit_name, priority, active, acknowledged, suppressed, occurrence, version, message, simulated)
          VALUES ($1, $2, '1', '', 'r', '', '', '', '', true, false, false, '', 1, '', false)`,
          [tenant, site],
        );
      }
    });
  });
  afterAll(async () => {
    await reader.end();
    await login.query(
      `REVOKE ALL ON ALL TABLES IN SCHEMA kubeplant_bi FROM ${role}; REVOKE ALL ON SCHEMA kubeplant_bi FROM ${role}; DROP ROLE ${role}`,
    );
    await login.end();
    await store.close();
    await database.drop();
  });

  it('show nothing to who is granted nothing, whatever scope the session sets', async () => {
    await reader.query(`SET kubeplant.scope = '* *'`);
    for (const view of VIEWS) expect(await tenantsOf(view), view).toEqual([]);
    expect(await ask(READINGS)).toEqual([]);
  });

  it('show what is granted and no more: a site, a tenant, or all', async () => {
    for (const scope of ['', '* *']) {
      await reader.query(`SET kubeplant.scope = '${scope}'`);
      for (const [grants, seen] of [
        [['a/x north'], ['a/x north']],
        [['a/x *'], ['a/x north', 'a/x south']],
        [['* *'], ['a/x north', 'a/x south', 'b/y north']],
      ] as const) {
        await grant(grants);
        for (const view of VIEWS) expect(await tenantsOf(view), view).toEqual(seen);
      }
    }
  });

  it('let their readers reach no table, change nothing, and grant themselves nothing', async () => {
    for (const sql of [
      'SELECT * FROM reading',
      'SELECT * FROM tag',
      'SELECT * FROM bi_reader',
      'SELECT password_hash FROM "user"',
      'DELETE FROM kubeplant_bi.events',
    ])
      await expect(reader.query(sql), sql).rejects.toThrow(/permission denied|cannot delete/);
    await expect(store.pool.query('SELECT * FROM bi_reader')).rejects.toThrow(/permission denied/);
  });

  it('give every reading once, before and after it is packed', async () => {
    await grant(['a/x north']);
    const { rows } = await login.query(`SELECT tag_id FROM kubeplant_bi.tags`);
    expect(rows).toEqual([]);
    const [tag] = await ask('SELECT tag_id FROM kubeplant_bi.tags');
    const samples = samplesOf(2, 300, 5).map((one) => ({ ...one, tagId: one.tagId === 2 ? Number(tag?.tag_id) : 4_000 }));
    await insert(store, samples);
    const before = await ask(READINGS);
    expect(before).toHaveLength(samples.filter(({ tagId }) => tagId !== 4_000).length);
    expect(new Set(before.map(({ quality }) => quality))).toEqual(new Set(['Good', 'Bad']));
    expect(before[0]).toMatchObject({ tenant: 'a/x', site: 'north', device: 'pump', tag: 'flow', simulated: false, unit: 'm3/h' });
    const { layout, partitions } = store;
    const when = { nowUs: () => Date.now() * 1000, packAfterUs: 26 * HOUR_US, onProgress: () => {}, signal: new AbortController().signal };
    await packHistory({ client: login, layout, partitions, ...when });
    expect((await login.query('SELECT count(*)::int AS n FROM reading')).rows).toEqual([{ n: 0 }]);
    expect(await ask(READINGS)).toEqual(before);
  });

  it('say which changes of alarms were found afterwards', async () => {
    await grant(['a/x north']);
    expect(await ask('SELECT rule, simulated, late FROM kubeplant_bi.alarm_journal')).toEqual([
      { rule: 'r', simulated: false, late: false },
    ]);
  });

  it('show averages over time and latest values with their quality', async () => {
    await grant(['a/x north']);
    expect(await ask('SELECT average, good_seconds, good_readings, other_readings FROM kubeplant_bi.days')).toEqual([
      { average: 3, good_seconds: 60, good_readings: 9, other_readings: 1 },
    ]);
    expect(await ask('SELECT value, quality, unit FROM kubeplant_bi.latest')).toEqual([{ value: 1.5, quality: 'Bad', unit: 'm3/h' }]);
  });
});
