import type { SiteModel } from '@kubeplant/crds/model';
import { Flag, Status } from '@kubeplant/words';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase, engines, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import { caPem, eventually, startTestApi, type TestApi } from '../owner/api.fixture.ts';
import { device, model, packed, tag, TOKEN } from '../owner/plant.fixture.ts';
import { connectCollector, holds, type TestCollector, testBlock, testRun } from './collector.fixture.ts';

const nowUs = () => Date.now() * 1000;
const pump = device('pump', [tag('flow'), tag('level'), tag('name', { kind: 'Text', dataType: 'String' })]);

describe.each(engines())('ingest on %s', (engine) => {
  let database: TestDatabase;
  let api: TestApi;
  let admin: pg.Client;
  const open: TestCollector[] = [];
  /** The owner's clock goes ahead of ours by this. */
  let aheadUs = 0;
  const connect = (more: { token?: string; site?: string } = {}) => {
    const collector = connectCollector({ port: api.ingest.port, caPem, token: TOKEN, ...more });
    open.push(collector);
    return collector;
  };
  const rows = async (sql: string, values: unknown[] = []) => (await admin.query(sql, values)).rows;
  /** Readings of a tag, as text where it matters. */
  const stored = (name: string, table = 'reading') =>
    rows(
      `SELECT (extract(epoch FROM r.time) * 1000000)::int8::text AS us, r.value, r.status, r.flags, r.received_delta_ms AS delta
       FROM ${table} r JOIN tag t USING (tag_id) WHERE t.name = $1 ORDER BY r.time`,
      [name],
    );

  beforeAll(async () => {
    database = await createTestDatabase(engine);
    api = await startTestApi(database.url, { nowUs: () => nowUs() + aheadUs });
    admin = new pg.Client({ connectionString: database.adminUrl });
    await admin.connect();
    expect(await api.sites.applyModel(packed(model([pump])))).toMatchObject({ kind: 'accepted' });
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
  });
  afterAll(async () => {
    for (const collector of open) collector.close();
    await admin.end();
    await api.stop();
    await database.drop();
  });

  it('welcomes a shard, takes its block, commits it and acknowledges', async () => {
    const collector = connect();
    expect(await collector.hello()).toMatchObject({ $case: 'welcome', value: { window: 32, progress: [] } });
    collector.send(testRun('run-1', ['flow', 'level', 'name'], { text: ['name'] }));
    const timeUs = nowUs();
    const texts = [{ tag: 3, timeUs, value: 'P-101\0\0\0', status: 0, flags: 0, receivedDeltaUs: 0 }];
    collector.send({
      $case: 'block',
      value: testBlock(
        'run-1',
        1,
        [
          { tag: 1, timeUs, value: 1.25 },
          { tag: 2, timeUs: timeUs + 1, value: -7, status: 0x4094 },
        ],
        { texts },
      ),
    });
    await collector.committed('run-1', 1);
    expect(await stored('flow')).toEqual([{ us: String(timeUs), value: 1.25, status: 0, flags: 0, delta: 0 }]);
    expect(await stored('level')).toMatchObject([{ us: String(timeUs + 1), value: -7, status: 0x4094 }]);
    expect(await stored('name', 'reading_text')).toMatchObject([{ value: 'P-101' }]);
    expect(api.hub.latest('local/default', 'default/pump/flow')).toMatchObject({ value: 1.25, status: 0, site: 'north' });
    collector.close();
  });

  it('gives every kind of number back as it was sent, and what is none as no value with Bad', async () => {
    const collector = connect();
    await collector.hello();
    collector.send(testRun('run-values', ['flow']));
    const values = [
      0,
      -0,
      1e-308,
      Number.MIN_VALUE,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      2 ** 53,
      0.1,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ];
    const startUs = nowUs();
    const statuses = values.map((_value, index) => (index === 7 ? 0xffff : 0));
    const readings = values.map((value, index) => ({
      tag: 1,
      timeUs: startUs + index,
      value,
      status: statuses[index] ?? 0,
      flags: index === 6 ? Flag.Truncated : 0,
    }));
    collector.send({ $case: 'block', value: testBlock('run-values', 1, readings) });
    await collector.committed('run-values', 1);
    const found = (await stored('flow')).filter((row) => Number(row.us) >= startUs);
    expect(found.map((row) => row.value)).toEqual([...values.slice(0, 8), null, null, null]);
    expect(found.map((row) => row.status & 0xffff)).toEqual([...statuses.slice(0, 8), Status.Bad, Status.Bad, Status.Bad]);
    expect(found[6]?.flags).toBe(Flag.Truncated);
    collector.close();
  });

  it('stores the years 2000 and 2100 at the time of receipt and keeps the original', async () => {
    const collector = connect();
    await collector.hello();
    collector.send(testRun('run-years', ['level']));
    const years = [Date.UTC(2000, 0, 1) * 1000, Date.UTC(2100, 0, 1) * 1000];
    const beforeUs = nowUs();
    collector.send({
      $case: 'block',
      value: testBlock(
        'run-years',
        1,
        years.map((timeUs) => ({ tag: 1, timeUs, value: 5 })),
      ),
    });
    await collector.committed('run-years', 1);
    const found = (await stored('level')).filter((row) => Number(row.us) >= beforeUs);
    expect(found).toHaveLength(2);
    for (const row of found) expect(row.flags & (Flag.TimeInvalid | Flag.TimeIsReceived)).toBe(Flag.TimeInvalid | Flag.TimeIsReceived);
    expect(await rows('SELECT original_us::text AS us FROM reading_out_of_window ORDER BY original_us')).toEqual(
      years.map((us) => ({ us: String(us) })),
    );
    collector.close();
  });

  it('stores a backlog of days ago in partitions made on demand', async () => {
    const collector = connect();
    await collector.hello();
    collector.send(testRun('run-backlog', ['flow']));
    const timeUs = nowUs() - 9 * 86_400_000_000;
    collector.send({ $case: 'block', value: testBlock('run-backlog', 1, [{ tag: 1, timeUs, value: 9 }]) });
    await collector.committed('run-backlog', 1);
    expect((await stored('flow'))[0]).toMatchObject({ us: String(timeUs), value: 9, flags: Flag.Late });
    collector.close();
  });

  it('drops a block that is committed, whoever sends it again', async () => {
    const first = connect();
    await first.hello();
    first.send(testRun('run-again', ['flow']));
    const block = testBlock('run-again', 1, [{ tag: 1, timeUs: nowUs(), value: 77.5 }]);
    first.send({ $case: 'block', value: block });
    first.send({ $case: 'block', value: block });
    await first.committed('run-again', 1);
    const second = connect();
    const welcome = await second.hello({ runs: ['run-again', 'run-never'] });
    expect(welcome.$case === 'welcome' && holds(welcome.value.progress, 'run-again', 1)).toBe(true);
    second.send(testRun('run-again', ['flow']));
    second.send({ $case: 'block', value: block });
    await second.committed('run-again', 1);
    expect((await stored('flow')).filter((row) => row.value === 77.5)).toHaveLength(1);
    second.close();
  });

  it('fences the older stream of a shard, with a lower epoch', async () => {
    const first = connect();
    const before = await first.hello();
    const second = connect();
    const after = await second.hello();
    expect(await first.ended).toMatchObject({ code: 10 });
    expect(after.$case === 'welcome' && before.$case === 'welcome' && after.value.epoch > before.value.epoch).toBe(true);
    second.close();
  });

  it('keeps what cannot be read in quarantine, acknowledges it and goes on', async () => {
    const collector = connect();
    await collector.hello();
    collector.send(testRun('run-bad', ['flow']));
    const timeUs = nowUs();
    const good = testBlock('run-bad', 4, [{ tag: 1, timeUs, value: 42.5 }]);
    collector.send({ $case: 'block', value: Buffer.from([0xff, 0xff, 0xff]) });
    collector.send({ $case: 'block', value: testBlock('run-bad', 1, [{ tag: 1, timeUs }], { value: [] }) });
    collector.send({ $case: 'block', value: testBlock('run-bad', 2, [{ tag: 99, timeUs, value: 1 }]) });
    collector.send({ $case: 'block', value: testBlock('run-none', 3, [{ tag: 1, timeUs, value: 1 }]) });
    collector.send({ $case: 'block', value: good });
    for (const [run, seq] of [
      ['run-bad', 1],
      ['run-bad', 2],
      ['run-none', 3],
      ['run-bad', 4],
    ] as const)
      await collector.committed(run, seq);
    const held = await rows(
      `SELECT run, seq::int, reason, detail, length(body) > 0 AS kept FROM quarantine WHERE reason = 'Malformed' ORDER BY quarantine_id`,
    );
    expect(held).toMatchObject([
      { run: '', seq: 0, kept: true },
      { run: 'run-bad', seq: 1, detail: '0 values for 1 readings' },
      { run: 'run-bad', seq: 2, detail: 'tag number 99, which the run has not declared' },
      { run: 'run-none', seq: 3 },
    ]);
    expect((await stored('flow')).filter((row) => row.value === 42.5)).toHaveLength(1);
    collector.close();
  });

  it('refuses readings of a device of another shard and stores the rest of the block', async () => {
    const more = model([pump, device('other', [tag('flow')])]);
    const shards = [...model([pump]).shards, { ...model([device('other', [])]).shards[0]!, name: 'shard-1' }];
    await api.sites.applyModel(packed({ ...more, shards, revision: 'r-two-shards' }));
    const collector = connect();
    await collector.hello();
    collector.send(testRun('run-foreign', ['flow'], { device: 'other' }));
    collector.send({
      $case: 'run',
      value: {
        run: 'run-foreign',
        devices: [{ id: 2, device: 'pump' }],
        tags: [{ id: 9, device: 2, tag: 'flow', text: false, simulated: false }],
      },
    });
    collector.send({
      $case: 'block',
      value: testBlock('run-foreign', 1, [
        { tag: 1, timeUs: nowUs(), value: 666 },
        { tag: 9, timeUs: nowUs(), value: 13.5 },
      ]),
    });
    await collector.committed('run-foreign', 1);
    expect(await rows(`SELECT device, tag, rows, first_row, readings->0->>1 AS value FROM quarantine WHERE reason = 'NotInShard'`)).toEqual(
      [{ device: 'other', tag: 'flow', rows: 1, first_row: 0, value: '666' }],
    );
    expect((await stored('flow')).filter((row) => row.value === 666)).toHaveLength(0);
    expect((await stored('flow')).filter((row) => row.value === 13.5)).toHaveLength(1);
    await api.sites.applyModel(packed(model([pump], { revision: 'r3' })));
    collector.close();
  });

  it('holds readings of a tag no model has yet and stores them when the model comes', async () => {
    const collector = connect();
    await collector.hello();
    collector.send(testRun('run-early', ['pressure']));
    collector.send({ $case: 'block', value: testBlock('run-early', 1, [{ tag: 1, timeUs: nowUs(), value: 3.5 }]) });
    const wider = device('pump', [...pump.tags, tag('pressure')]);
    await api.sites.applyModel(packed(model([wider], { revision: 'r4' })));
    await collector.committed('run-early', 1);
    expect(await stored('pressure')).toMatchObject([{ value: 3.5 }]);
    collector.close();
  });

  it('puts readings of a tag that no model brings within a minute into quarantine', async () => {
    const collector = connect();
    await collector.hello();
    collector.send(testRun('run-unknown', ['nobody-knows', 'flow']));
    collector.send(testRun('run-known', ['flow']));
    collector.send({ $case: 'block', value: testBlock('run-known', 1, [{ tag: 1, timeUs: nowUs(), value: 0 }]) });
    await collector.committed('run-known', 1);
    aheadUs = 61_000_000;
    const readings = [1, 2, 1].map((tagNumber, row) => ({ tag: tagNumber, timeUs: nowUs() + row, value: 0.375 + row }));
    collector.send({ $case: 'block', value: testBlock('run-unknown', 1, readings) });
    await collector.committed('run-unknown', 1);
    aheadUs = 0;
    expect(
      await rows(`SELECT tag, rows, first_row, run, seq::int, readings->1->>1 AS second FROM quarantine WHERE reason = 'UnknownTag'`),
    ).toEqual([{ tag: 'nobody-knows', rows: 2, first_row: 0, run: 'run-unknown', seq: 1, second: '2.375' }]);
    expect((await stored('flow')).filter((row) => row.value === 1.375)).toHaveLength(1);
    collector.close();
  });

  it('journals a collector whose clock is off', async () => {
    const collector = connect();
    collector.send({
      $case: 'hello',
      value: {
        tenant: 'local/default',
        site: 'north',
        shard: 'shard-0',
        collectorVersion: '',
        sentUs: nowUs() - 3600e6,
        instance: 'collector-0',
        epoch: 0,
        standby: false,
        committed: [],
        runs: [],
      },
    });
    const [event] = await eventually('the event', async () => {
      const found = await rows(`SELECT message FROM event WHERE kind = 'CollectorClockOff'`);
      return found.length > 0 ? found : undefined;
    });
    expect(event.message).toMatch(/collector shard-0 is 3600 s behind/);
    collector.close();
  });

  it.each([
    ['whose token is no longer valid', (site: SiteModel) => ({ ...site.shards[0]!, tokenHashes: ['another'] })],
    ['whose shard is gone', (site: SiteModel) => ({ ...site.shards[0]!, name: 'shard-9' })],
  ])('ends a stream %s by the new model, after its readings are committed, and keeps the others', async (name, change) => {
    await api.stop();
    api = await startTestApi(database.url, { graceMs: 100 });
    await eventually('the site is owned', () => api.sites.recording('local/default', 'north'));
    const run = `run-${name.split(' ').at(-1)}`;
    const full = model([pump], { revision: `${run}-before` });
    const other = { ...full.shards[0]!, name: 'shard-1', devices: [] };
    await api.sites.applyModel(packed({ ...full, shards: [...full.shards, other] }));
    const collector = connect();
    await collector.hello();
    const stays = connect();
    await stays.hello({ shard: 'shard-1' });
    collector.send(testRun(run, ['flow']));
    collector.send({ $case: 'block', value: testBlock(run, 1, [{ tag: 1, timeUs: nowUs(), value: 1 }]) });
    await collector.until((answers) => answers.some(({ $case }) => $case === 'received'));
    await api.sites.applyModel(packed({ ...full, revision: `${run}-after`, shards: [change(full), other] }));
    expect(await collector.ended).toMatchObject({ code: 16, details: expect.stringContaining('no longer') });
    await collector.committed(run, 1);
    await api.sites.applyModel(packed({ ...full, revision: `${run}-end`, shards: [...full.shards, other] }));
    stays.send({ $case: 'run', value: { run: `${run}-2`, devices: [], tags: [] } });
    stays.send({ $case: 'block', value: testBlock(`${run}-2`, 1, []) });
    await stays.committed(`${run}-2`, 1);
    stays.close();
  });

  it.each([
    ['a wrong token', { token: 'guess' }, 16],
    ['the token of another site', { site: 'south' }, 16],
  ])('refuses %s', async (_name, change, code) => {
    const collector = connect(change);
    await collector.hello().catch(() => {});
    expect(await collector.ended).toMatchObject({ code });
  });

  it('refuses a stream that does not begin with Hello', async () => {
    const collector = connect();
    collector.send({ $case: 'beat', value: { sentUs: 1 } });
    expect(await collector.ended).toMatchObject({ code: 3 });
  });
});
