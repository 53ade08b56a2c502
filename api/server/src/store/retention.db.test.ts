import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import type { Scope } from '../ports.ts';
import { createStore, type Store } from './create-store.ts';
import { deleteExpired } from './delete-expired.ts';
import { dropExpired } from './drop-expired.ts';
import { type RowTable, SPANNED_TABLES } from './history-tables.ts';
import { toTimestamp } from './micros.ts';
import { insert, silent } from './packing/packing.fixture.ts';

const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };
const DAY_US = 86_400_000_000;
const TODAY_US = Math.floor(Date.now() / 86_400_000) * DAY_US;
const KEPT = { short: 34, standard: 100, long: 200 };

describe.each(engines())('retention on %s', (engine) => {
  let database: TestDatabase;
  let store: Store;
  let login: pg.Client;
  let dropped = 0;
  let deleted = 0;
  const drop = async (keptDays = KEPT, client = login): Promise<void> => {
    dropped = 0;
    const { layout, partitions } = store;
    const done = (spans: number): void => {
      dropped += spans;
    };
    await dropExpired({ client, layout, partitions, nowUs: TODAY_US, keptDays, signal: new AbortController().signal, done, log: silent });
  };
  const remove = async (withScope = store.withScope): Promise<void> => {
    deleted = 0;
    const done = (rows: number): void => {
      deleted += rows;
    };
    await deleteExpired({ withScope, nowUs: TODAY_US, readingDays: 200, signal: new AbortController().signal, done });
  };
  const put = async (table: RowTable, agesDays: readonly number[]): Promise<void> => {
    for (const days of agesDays) {
      const timeUs = TODAY_US - days * DAY_US + DAY_US / 2;
      await store.partitions.ensure(timeUs, timeUs);
      await insert(store, [{ tagId: 1, timeUs, value: days, receivedDeltaMs: 0, status: 0, flags: 0 }], table);
    }
  };
  const left = async (table: string): Promise<number[]> =>
    (await login.query(`SELECT value FROM ${table} ORDER BY value`)).rows.map(({ value }) => value);
  const ages = async (table: string, column: string): Promise<number[]> =>
    store.withScope(everything, async (client) => {
      const { rows } = await client.query(
        `SELECT round(extract(epoch FROM $1::timestamptz - ${column}) / 86400)::int AS days FROM ${table} ORDER BY 1`,
        [toTimestamp(TODAY_US)],
      );
      return rows.map(({ days }) => days);
    });

  beforeAll(async () => {
    database = await createTestDatabase(engine);
    store = await createStore({ databaseUrl: database.url, log: silent });
    login = new pg.Client({ connectionString: database.url, options: '-c timezone=UTC' });
    login.on('error', () => {});
    await login.connect();
  });
  afterAll(async () => {
    await login.end();
    await store.close();
    await database.drop();
  });

  it('does nothing in an empty database', async () => {
    await drop();
    await remove();
    expect([dropped, deleted]).toEqual([0, 0]);
  });

  it('drops days whole when their last reading is older than its class is kept, and none before', async () => {
    await put('reading_short', [33, 34, 35, 36, 99]);
    await put('reading', [1, 35, 99, 100, 101, 102]);
    await put('reading_long', [101, 199, 202]);
    await drop();
    expect(await left('reading_short')).toEqual([33, 34]);
    expect(await left('reading')).toEqual([1, 35, 99, 100]);
    expect(await left('reading_long')).toEqual([101, 199]);
    expect(dropped).toBeGreaterThanOrEqual(6);
    await drop();
    expect(dropped).toBe(0);
  });

  it('keeps what may still be written to, whatever it is told', async () => {
    await drop({ short: 1, standard: 1, long: 1 });
    expect(await left('reading_short')).toEqual([33, 34]);
    expect(await left('reading')).toEqual([1]);
  });

  it('takes readings for a day again that was dropped', async () => {
    await put('reading', [60]);
    expect(await left('reading')).toEqual([1, 60]);
  });

  it('drops the half hours of packed readings and the sums by minute, and says from when on there are such', async () => {
    const sealed = SPANNED_TABLES.filter(({ kind }) => kind === 'sealed');
    for (const { name } of sealed)
      for (const days of [10, 300])
        await login.query(
          `INSERT INTO ${name} (start, tag_id, n, first_us, step_us, value, received_delta_ms, status, flags) VALUES ($1, 1, 1, 0, 0, $2, 0, 0, 0)`,
          [await day(days), days],
        );
    for (const table of ['rollup_1m', 'rollup_15m'])
      for (const days of [10, 180, 700])
        await login.query(
          `INSERT INTO ${table} (time, tag_id, n, bad, first, discontinuity, integral, good_ms) VALUES ($1, 1, 1, 0, $2, false, 0, 0)`,
          [await day(days), days],
        );
    await drop();
    for (const { name } of sealed) expect(await left(name)).toEqual([10]);
    const firsts = async (table: string) => (await login.query(`SELECT first FROM ${table} ORDER BY 1`)).rows.map(({ first }) => first);
    expect(await firsts('rollup_1m')).toEqual([10]);
    expect(await firsts('rollup_15m')).toEqual([10, 180]);
    const { rows } = await login.query('SELECT minutes_from > $1 AND minutes_from <= $2 AS right FROM schema_info', [
      await day(180),
      await day(34),
    ]);
    expect(rows).toEqual([{ right: true }]);
  });

  const day = async (days: number): Promise<string> => {
    const timeUs = TODAY_US - days * DAY_US;
    await store.partitions.ensure(timeUs, timeUs);
    return toTimestamp(timeUs);
  };

  it('leaves a day that is being read to the next run, and holds up nobody for long', async () => {
    await put('reading_long', [300]);
    const reader = new pg.Client({ connectionString: database.url });
    await reader.connect();
    await reader.query('BEGIN; SELECT count(*) FROM reading_long');
    await drop();
    expect(await left('reading_long')).toContain(300);
    await reader.query('COMMIT');
    await reader.end();
    await drop();
    expect(await left('reading_long')).not.toContain(300);
  });

  it('deletes events, journal and quarantine of each site when that site says so', async () => {
    await store.withScope(everything, async (client) => {
      await client.query(`INSERT INTO site_calendar (tenant, site, timezone, day_start, event_days)
        VALUES ('a/x', 'north', 'UTC', '00:00', 30), ('a/x', 'south', 'UTC', '00:00', NULL)`);
      for (const site of ['north', 'south'])
        for (const days of [29, 31, 1824, 1826]) {
          const values = ['a/x', site, toTimestamp(TODAY_US - days * DAY_US), days];
          await client.query(`INSERT INTO event (tenant, site, time, kind, message) VALUES ($1, $2, $3, 'k', $4::int4::text)`, values);
          await client.query(
            `INSERT INTO quarantine (tenant, site, recorded_at, shard, run, seq, rows, reason, detail) VALUES ($1, $2, $3, 's', 'r', 1, $4, 'x', '')`,
            values,
          );
          await client.query(
            `INSERT INTO alarm_transition (tenant, site, time, id, alarm, rule_uid, rule, device, tag, limit_name, priority, occurrence, kind, state, message, cause, simulated)
            VALUES ($1, $2, $3, $4::int4::text, '', '', '', '', '', '', '', '', '', '', '', '', false)`,
            values,
          );
        }
    });
    await remove();
    expect(deleted).toBe(3 * 4);
    for (const table of ['event', 'alarm_transition']) {
      expect(await ages(`${table} WHERE site = 'north'`, 'time')).toEqual([29]);
      expect(await ages(`${table} WHERE site = 'south'`, 'time')).toEqual([29, 31, 1824]);
    }
    expect(await ages('quarantine', 'recorded_at')).toEqual([29, 29, 31, 1824]);
  });

  it('keeps what a collector that was away for a year still refers to, and what says something of readings that are kept', async () => {
    await store.withScope(everything, async (client) => {
      for (const days of [1, 199, 201, 366, 399, 401]) {
        const at = toTimestamp(TODAY_US - days * DAY_US);
        await client.query(
          `INSERT INTO ingest_progress (tenant, site, shard, run, committed, updated_at) VALUES ('a/x', 'north', 's', $1, '{[1,5)}', $2)`,
          [days, at],
        );
        await client.query('INSERT INTO observed VALUES (1, false, $1, $1)', [at]);
        await client.query('INSERT INTO reading_out_of_window VALUES ($1, 1, 0)', [at]);
      }
    });
    await remove();
    expect(await ages('ingest_progress', 'updated_at')).toEqual([1, 199, 201, 366, 399]);
    expect(await ages('observed', 'ended')).toEqual([1, 199]);
    expect(await ages('reading_out_of_window', 'time')).toEqual([1, 199]);
  });

  it('forgets sessions a week after they ended', async () => {
    await store.withScope(everything, async (client) => {
      await client.query(`INSERT INTO "user" (user_id, username, display_name, password_hash, grants, disabled, must_change_password, created_at)
        VALUES (gen_random_uuid(), 'u', 'u', '', '[]', false, false, now())`);
      for (const days of [-1, 6, 8])
        await client.query(
          `INSERT INTO session (session_id, user_id, secret, generation, created_at, rotated_at, last_used_at, expires_at, address, user_agent)
          SELECT gen_random_uuid(), user_id, '', 1, now(), now(), now(), $1, '', '' FROM "user"`,
          [toTimestamp(TODAY_US - days * DAY_US)],
        );
    });
    await remove();
    expect(await ages('session', 'expires_at')).toEqual([-1, 6]);
  });

  it('goes on where it was killed', async () => {
    await store.withScope(everything, (client) =>
      client.query(
        `INSERT INTO event (tenant, site, time, kind, message) SELECT 'a/x', 'north', $1::timestamptz, 'old', n::text FROM generate_series(1, 12000) AS n`,
        [toTimestamp(TODAY_US - 50 * DAY_US)],
      ),
    );
    let calls = 0;
    const dying: typeof store.withScope = (scope, run) =>
      store.withScope(scope, async (client) => {
        const result = await run(client);
        calls += 1;
        if (calls === 3) await client.query('SELECT pg_terminate_backend(pg_backend_pid())');
        return result;
      });
    await expect(remove(dying)).rejects.toThrow();
    expect(deleted).toBe(5_000);
    await remove();
    expect(deleted).toBe(7_000);
  });
});
