import { parquetReadObjects } from 'hyparquet';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../../../../e2e/src/databases/test-database.ts';
import { CLI_TOKEN, startTestApp, type TestApp } from '../http/app.fixture.ts';
import { startTwoPlants, type TwoPlants } from '../http/two-plants.fixture.ts';
import { EXPORT_LIMITS, type ExportLimits } from './export-limits.ts';
import { runExports } from './run-exports.ts';

const S = 1_000_000;
const START = Math.floor(Date.now() / 3_600_000 - 2) * 3600 * S;
const COUNT = 4000;
const at = (us: number): string => new Date(us / 1000).toISOString();
const range = { from: at(START), to: at(START + 3600 * S) };

describe.each(engines())('exports on %s', (engine) => {
  let app: TestApp;
  let plants: TwoPlants;
  const ask = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    app.ask(method, path, { token: CLI_TOKEN, headers, ...(body === undefined ? {} : { body }) });
  const create = async (order: object = {}) => {
    const made = await ask('POST', '/exports', { tags: ['default/pump/flow'], ...range, ...order });
    expect(made.status, JSON.stringify(made.body)).toBe(202);
    return made.body;
  };
  const run = (limits: Partial<ExportLimits> = {}, signal = new AbortController().signal): Promise<void> => {
    const { withScope, readings } = app.api.store;
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    return runExports(
      { withScope, readings, log, now: () => app.clock.ms, limits: { ...EXPORT_LIMITS, ...limits } },
      { signal, done: () => {} },
    );
  };
  const show = async (id: string) => (await ask('GET', `/exports/${id}`)).body;
  const pieces = async (): Promise<number> => Number((await app.api.store.pool.query('SELECT count(*) FROM export_piece')).rows[0].count);
  const file = async (
    id: string,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; bytes: Buffer; headers: Record<string, unknown> }> => {
    const url = `/api/v1/exports/${id}/file`;
    const answer = await app.app.inject({ url, headers: { authorization: `Bearer ${CLI_TOKEN}`, 'accept-encoding': 'gzip', ...headers } });
    return { status: answer.statusCode, bytes: answer.rawPayload, headers: answer.headers };
  };

  beforeAll(async () => {
    app = await startTestApp(engine);
    plants = await startTwoPlants(app);
    const readings = Array.from({ length: COUNT }, (_, n) => ({
      tag: 1,
      timeUs: START + n * 900_000 + 1,
      value: n / 8,
      status: n % 100 === 99 ? 0x8005 : 0,
    }));
    await plants.north.send(
      [...readings, ...readings.map((one) => ({ ...one, tag: 2, value: one.value * 2 }))],
      [{ timeUs: START + S, value: '=1+1, "quoted"' }],
    );
    await plants.south.send([{ tag: 1, timeUs: START + S, value: 4711 }]);
  });
  afterEach(async () => {
    await app.api.store.pool.query('DELETE FROM export');
  });
  afterAll(async () => {
    plants.close();
    await app.close();
  });

  it('write CSV in the background, tag after tag, and say how far they are', async () => {
    const made = await create({ tags: ['default/pump/flow', 'default/pump/level', 'default/pump/name', 'default/pump/flow'] });
    expect(made).toMatchObject({
      state: 'Queued',
      progress: 0,
      readings: 0,
      format: 'csv',
      fileName: `readings-of-3-tags-${range.from.slice(0, 10)}.csv`,
    });
    expect((await ask('GET', `/exports/${made.id}/file`)).body).toMatchObject({ status: 409, code: 'not-done' });
    await run();
    const done = await show(made.id);
    expect(done).toMatchObject({ state: 'Done', progress: 1, readings: 2 * COUNT + 1 });
    const { bytes, headers } = await file(made.id);
    const lines = bytes.toString().split('\r\n');
    expect(lines).toHaveLength(2 * COUNT + 1 + 2);
    expect(lines[0]).toBe('tag,time,value,unit,status,statusText,flags,received,origin,siteTime');
    expect(lines[2]).toMatch(new RegExp(`^default/pump/flow,${at(START + 900_000).slice(0, -1)}001Z,0.125,m³/h,0,Good,`));
    expect(lines.at(-2)).toMatch(/^default\/pump\/name,.*,"'=1\+1, ""quoted""",,/);
    expect(headers).toMatchObject({ 'content-length': String(done.sizeBytes), 'accept-ranges': 'bytes' });
    expect(headers['content-encoding']).toBeUndefined();
    expect(headers['content-disposition']).toBe(`attachment; filename="${made.fileName}"`);
  });

  it('write NDJSON with a reading a line', async () => {
    const { id } = await create({ tags: ['default/pump/level', 'default/pump/name'], format: 'ndjson' });
    await run();
    const lines = (await file(id)).bytes
      .toString()
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(COUNT + 1);
    expect(lines[99]).toMatchObject({ tag: 'default/pump/level', status: 0x8005, statusText: 'BadCommunicationError', value: 24.75 });
    expect(lines.at(-1)).toMatchObject({ tag: 'default/pump/name', value: '=1+1, "quoted"', origin: 'Real', flags: [] });
  });

  it('write Parquet with times in microseconds of UTC', async () => {
    const { id } = await create({ tags: ['default/pump/flow', 'default/pump/name'], format: 'parquet' });
    await run();
    const { bytes } = await file(id);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer;
    const rows = await parquetReadObjects({ file: buffer, compressors: { ZSTD: (input) => zstdDecompressSync(input) } });
    expect(rows).toHaveLength(COUNT + 1);
    expect(rows[8]).toMatchObject({
      tag: 'default/pump/flow',
      value: 1,
      text: null,
      unit: 'm³/h',
      status: 0,
      status_text: 'Good',
      origin: 'Real',
    });
    expect(Number(rows[8]?.time)).toBe(Math.floor((START + 8 * 900_000) / 1000));
    expect(rows.at(-1)).toMatchObject({ tag: 'default/pump/name', value: null, text: '=1+1, "quoted"' });
  });

  it('write a file without readings, in each format', async () => {
    for (const format of ['csv', 'ndjson', 'parquet']) {
      const { id } = await create({ format, from: '2020-01-01T00:00:00Z', to: '2020-01-02T00:00:00Z' });
      await run();
      expect(await show(id)).toMatchObject({ state: 'Done', readings: 0 });
      expect((await file(id)).status).toBe(200);
    }
  });

  it('send any part of a file, so that a download that broke off can go on', async () => {
    const { id } = await create();
    await run();
    const whole = await file(id);
    const size = whole.bytes.length;
    const half = Math.floor(size / 2);
    const rest = await file(id, { range: `bytes=${half}-`, 'if-range': String(whole.headers.etag) });
    expect(rest).toMatchObject({ status: 206, headers: { 'content-range': `bytes ${half}-${size - 1}/${size}` } });
    expect(Buffer.concat([whole.bytes.subarray(0, half), rest.bytes])).toEqual(whole.bytes);
    expect((await file(id, { range: 'bytes=3-9' })).bytes).toEqual(whole.bytes.subarray(3, 10));
    expect((await file(id, { range: 'bytes=5-', 'if-range': '"another"' })).status).toBe(200);
    const behind = await file(id, { range: `bytes=${size}-` });
    expect(behind).toMatchObject({ status: 416, headers: { 'content-range': `bytes */${size}` } });
  });

  it('give a browser an address that works once', async () => {
    const { id, fileName } = await create();
    await run();
    const made = await ask('POST', `/exports/${id}/download`);
    expect(made.status).toBe(201);
    const taken = await app.app.inject({ url: made.body.url });
    expect(taken.headers['content-disposition']).toBe(`attachment; filename="${fileName}"`);
    expect(taken.rawPayload).toEqual((await file(id)).bytes);
    expect((await app.app.inject({ url: made.body.url })).statusCode).toBe(404);
  });

  it('end when they are cancelled, also half-way, and leave nothing', async () => {
    const waiting = await create();
    expect((await ask('POST', `/exports/${waiting.id}/cancel`)).body).toMatchObject({ state: 'Cancelled' });
    const { id } = await create({ tags: ['default/pump/flow', 'default/pump/level'] });
    const { withScope, readings } = app.api.store;
    let cancelled = false;
    const slow: typeof readings = {
      ...readings,
      stream: async function* (...args) {
        for await (const page of readings.stream(...args)) {
          yield page;
          if (!cancelled) await ask('POST', `/exports/${id}/cancel`);
          cancelled = true;
          app.clock.ms += 1000; // so that it is looked at again
        }
      },
    };
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    await runExports(
      { withScope, readings: slow, log, now: () => app.clock.ms, limits: EXPORT_LIMITS },
      { signal: new AbortController().signal, done: () => {} },
    );
    expect(cancelled).toBe(true);
    expect(await show(id)).toMatchObject({ state: 'Cancelled' });
    expect(await pieces()).toBe(0);
    expect((await ask('POST', `/exports/${id}/cancel`)).body).toMatchObject({ state: 'Cancelled' });
  });

  it('are begun again when the process that wrote them ended, and given up after three times', async () => {
    const { id } = await create();
    const claim = `UPDATE export SET state = 'Running', attempt = $1`;
    await app.api.store.pool.query(claim, [1]);
    await app.api.store.pool.query(`INSERT INTO export_piece VALUES ($1, 0, 5, 'stale')`, [id]);
    await run();
    expect(await show(id)).toMatchObject({ state: 'Done', readings: COUNT });
    expect((await file(id)).bytes.toString()).toMatch(/^tag,time/);
    await app.api.store.pool.query(claim, [3]);
    await run();
    expect(await show(id)).toMatchObject({ state: 'Failed', failure: expect.stringMatching(/begun 3 times/) });
    expect(await pieces()).toBe(0);
  });

  it('wait for the next process when this one is being stopped, without counting it', async () => {
    const { id } = await create();
    const stopping = new AbortController();
    const { withScope, readings } = app.api.store;
    const stopped: typeof readings = {
      ...readings,
      stream: (...args) => {
        stopping.abort();
        return readings.stream(...args);
      },
    };
    const log = { info: () => {}, warn: () => {}, error: () => {} };
    await runExports(
      { withScope, readings: stopped, log, now: () => app.clock.ms, limits: EXPORT_LIMITS },
      { signal: stopping.signal, done: () => {} },
    );
    expect(await show(id)).toMatchObject({ state: 'Queued', progress: 0 });
    await run();
    expect((await app.api.store.pool.query('SELECT attempt FROM export')).rows).toEqual([{ attempt: 1 }]);
  });

  it('fail with a reason when there is no room, and their failure is theirs alone', async () => {
    const [big, small] = [await create(), await create({ to: at(START + 60 * S) })];
    await run({ bytesPerUser: 20_000, atOnce: 1 });
    expect(await show(big.id)).toMatchObject({ state: 'Failed', failure: expect.stringMatching(/no room/) });
    expect(await show(small.id)).toMatchObject({ state: 'Done' });
    expect(await pieces()).toBe(1);
  });

  it('are limited for each user, with a reason', async () => {
    for (let n = 0; n < EXPORT_LIMITS.unfinishedPerUser; n += 1) await create();
    const fifth = await ask('POST', '/exports', { tags: ['default/pump/flow'], ...range });
    expect(fifth).toMatchObject({
      status: 429,
      body: { code: 'too-many-exports', detail: expect.stringMatching(/4 exports .* not written yet/) },
    });
    expect((await ask('GET', '/exports?limit=2')).body).toMatchObject({ total: 4, items: [{}, {}] });
  });

  it('refuse what makes no sense, naming the field', async () => {
    const refused = async (order: object) =>
      (await ask('POST', '/exports', { tags: ['default/pump/flow'], ...range, ...order })).body.errors;
    expect(await refused({ format: 'xlsx' })).toMatchObject([{ field: 'format' }]);
    expect(await refused({ tags: [] })).toMatchObject([{ field: 'tags' }]);
    expect(await refused({ to: range.from })).toMatchObject([{ field: 'from' }]);
    expect((await ask('POST', '/exports', { tags: ['default/pump/nothing'], ...range })).status).toBe(404);
    expect((await ask('GET', '/exports/none')).status).toBe(400);
  });

  it('are deleted when they are a day old, or at once when asked', async () => {
    const { id } = await create();
    await run();
    expect((await ask('DELETE', `/exports/${id}`)).status).toBe(200);
    expect((await ask('GET', `/exports/${id}`)).status).toBe(404);
    await create();
    await run();
    expect(await pieces()).toBe(1);
    app.clock.ms += EXPORT_LIMITS.keepMs;
    expect((await ask('GET', '/exports')).body.total).toBe(0);
    await run();
    expect(await pieces()).toBe(0);
  });
});
