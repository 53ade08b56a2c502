import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../../../../e2e/src/databases/test-database.ts';
import { CLI_TOKEN, startTestApp, type TestApp } from './app.fixture.ts';
import { startTwoPlants, type TwoPlants } from './two-plants.fixture.ts';

const token = CLI_TOKEN;
const startUs = (Math.floor(Date.now() / 3_600_000) * 3_600_000 - 7_200_000) * 1000;
const time = (offsetUs: number): string => {
  const us = startUs + offsetUs;
  return `${new Date(us / 1000).toISOString().slice(0, 19)}.${String(us % 1_000_000).padStart(6, '0')}Z`;
};
const readings = '/namespaces/default/devices/pump/tags/flow/readings';

describe.each(engines())('the HTTP api on %s', (engine) => {
  let app: TestApp;
  let plants: TwoPlants;
  const get = (path: string, headers: Record<string, string> = {}) => app.ask('GET', path, { token, headers });
  const post = (path: string, body: unknown) => app.ask('POST', path, { token, body });
  beforeAll(async () => {
    app = await startTestApp(engine);
    plants = await startTwoPlants(app);
    const second = 1_000_000;
    const flow = Array.from({ length: 600 }, (_, i) => ({
      tag: 1,
      timeUs: startUs + i * second + 250,
      value: i % 60,
      status: i === 5 ? 0x808c : 0,
    }));
    await plants.north.send(flow, [{ timeUs: startUs, value: 'Pump, "the first"\n=1+1' }]);
    await plants.north.send([{ tag: 1, timeUs: startUs + 600 * second, value: 120 }]);
  });
  afterAll(async () => {
    plants.close();
    await app.close();
  });

  it('gives the latest value with its quality, by name and by text', async () => {
    const { body } = await get('/namespaces/default/devices/pump/tags/flow/value');
    expect(body).toEqual({
      time: `${time(600_000_000).slice(0, 19)}.000Z`,
      value: 120,
      status: 0,
      statusText: 'Good',
      origin: 'Real',
      unit: 'm³/h',
    });
    expect((await get('/namespaces/default/devices/pump/tags/name/value')).body.value).toContain('the first');
    expect(await get('/namespaces/default/devices/pump/tags/level/value')).toMatchObject({ status: 404, body: { code: 'no-value' } });
    expect(await get('/namespaces/default/devices/pump/tags/no-such/value')).toMatchObject({ status: 404, body: { code: 'not-found' } });
  });

  it('pages through readings, forwards and backwards, microseconds and quality kept', async () => {
    const range = `from=${time(0)}&to=${time(600_000_000)}`;
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await get(`${readings}?${range}&limit=250${cursor}`);
      seen.push(...body.readings.map((reading: { time: string }) => reading.time));
      cursor = body.nextCursor === undefined ? '' : `&cursor=${body.nextCursor}`;
    } while (cursor !== '');
    expect(seen).toHaveLength(600);
    expect(seen[0]).toBe(time(250));
    const { body } = await get(`${readings}?${range}&limit=1&order=desc`);
    expect(body).toMatchObject({
      tag: 'default/pump/flow',
      unit: 'm³/h',
      source: 'raw',
      origin: 'Real',
      readings: [{ time: time(599_000_250), value: 59, status: 0 }],
    });
    const bad = (await get(`${readings}?from=${time(5_000_000)}&to=${time(6_000_000)}`)).body.readings;
    expect(bad).toMatchObject([{ value: 5, status: 0x808c }]);
  });

  it('aggregates what was asked for and pages through the buckets', async () => {
    const range = `from=${time(0)}&to=${time(600_000_000)}&interval=1m`;
    const { body } = await get(`${readings}?${range}&aggregate=avg,max,count&limit=4`);
    expect(body.interval).toBe('1m');
    expect(body.readings).toHaveLength(4);
    expect(Object.keys(body.readings[0])).toEqual(['time', 'avg', 'max', 'count', 'bad']);
    expect(body.readings[0]).toMatchObject({ max: 59, count: 59, bad: 1 });
    const rest = (await get(`${readings}?${range}&limit=100&cursor=${body.nextCursor}`)).body;
    expect(rest.readings).toHaveLength(6);
    expect(rest.nextCursor).toBeUndefined();
  });

  it('streams CSV with origin and quality, text quoted', async () => {
    const { body, headers } = await get(`${readings}?from=${time(0)}&to=${time(3_000_000)}`, { accept: 'text/csv' });
    const lines = body.split('\r\n');
    expect(headers['content-type']).toMatch(/^text\/csv/);
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('tag,time,value,unit,status,statusText,flags,received,origin,siteTime');
    expect(lines[1]).toMatch(new RegExp(`^default/pump/flow,${time(250)},0,m³/h,0,Good,,.+Z,Real,.+[+]00:00$`));
    const text = await get(`/namespaces/default/devices/pump/tags/name/readings?from=${time(0)}&to=${time(1_000_000)}`, {
      accept: 'text/csv',
    });
    expect(text.body).toContain('"Pump, ""the first""\n=1+1"');
  });

  it('gives a download once, for a minute, to a browser that has no token', async () => {
    const order = { tags: ['default/pump/flow', 'default/pump/name'], from: time(0), to: time(2_000_000) };
    const made = await post('/downloads', order);
    expect(made).toMatchObject({ status: 201, body: { expiresIn: 60 } });
    const fetched = await app.ask('GET', made.body.url);
    expect(fetched.headers['content-disposition']).toBe('attachment; filename="readings.csv"');
    expect(fetched.body.split('\r\n').length).toBeGreaterThan(3);
    expect((await app.ask('GET', made.body.url)).status).toBe(404);
    const late = await post('/downloads', order);
    app.clock.ms += 61_000;
    expect((await app.ask('GET', late.body.url)).status).toBe(404);
    app.clock.ms -= 61_000;
  });

  it('names each parameter that is unknown or wrong, what it was, and what it must be', async () => {
    expect(await get('/devices?colour=red')).toMatchObject({
      status: 400,
      headers: { 'content-type': expect.stringContaining('application/problem+json') },
    });
    const { body } = await get('/devices?colour=red');
    expect(body).toMatchObject({ type: 'about:blank', title: 'Bad Request', status: 400, code: 'invalid', instance: '/api/v1/devices' });
    expect(body.errors[0].field).toBe('colour');
    const errors = async (path: string) => (await get(path)).body.errors;
    expect(await errors('/devices?limit=many')).toEqual([{ field: 'limit', message: expect.stringContaining('"many"') }]);
    expect(await errors('/alarms?state=UNACK,LOUD')).toEqual([
      { field: 'state.1', message: expect.stringMatching(/"LOUD".*one of NORM, UNACK/) },
    ]);
    expect(await errors(`${readings}?from=yesterday`)).toEqual([{ field: 'from', message: expect.stringMatching(/RFC 3339/) }]);
    expect(await errors(`${readings}?from=2026-02-30T00:00:00Z`)).toEqual([
      { field: 'from', message: expect.stringMatching(/does not exist/) },
    ]);
    expect(await errors(`${readings}?from=${time(9)}&to=${time(0)}`)).toEqual([
      { field: 'from', message: expect.stringMatching(/not before/) },
    ]);
    expect(await errors(`${readings}?aggregate=avg`)).toEqual([{ field: 'interval', message: expect.stringMatching(/missing/) }]);
    for (const interval of ['0s', '99999999999999999999h', '87601h']) {
      expect(await errors(`${readings}?interval=${interval}`)).toEqual([
        { field: 'interval', message: expect.stringMatching(/at most 87600h/) },
      ]);
    }
    expect(await errors('/events?kind=%00')).toEqual([{ field: 'kind', message: expect.stringMatching(/U\+0000/) }]);
    expect(await errors(`${readings}?cursor=zzz`)).toEqual([{ field: 'cursor', message: expect.stringMatching(/nextCursor/) }]);
    expect(await errors('/namespaces/Not_A_Label/devices/pump/effective')).toMatchObject([{ field: 'namespace' }]);
    expect((await post('/auth/login', { username: 'a', password: 'b', otp: 1 })).body.errors).toMatchObject([{ field: 'otp' }]);
  });

  it('answers hostile requests with problems and no stack', async () => {
    const raw = (body: string, type: string) =>
      app.app.inject({ method: 'POST', url: '/api/v1/auth/login', headers: { 'content-type': type }, payload: body });
    const cases = [
      [await raw('{"username":', 'application/json'), 400, 'invalid-json'],
      [await raw('["a"]', 'application/json'), 400, 'invalid'],
      [await raw('{"__proto__":{"admin":true},"username":"a","password":"b"}', 'application/json'), 400, 'invalid-json'],
      [await raw('{"username":"a\\u0000b","password":"b"}', 'application/json'), 400, 'invalid'],
      [await raw(`{"username":${'['.repeat(200_000)}${']'.repeat(200_000)},"password":"b"}`, 'application/json'), 400, 'invalid'],
      [await raw('username=admin', 'application/x-www-form-urlencoded'), 415, 'unsupported-media-type'],
      [await raw(`{"username":"${'x'.repeat(2 << 20)}"}`, 'application/json'), 413, 'too-large'],
      [await app.app.inject('/api/v1/no/such/route'), 404, 'no-such-address'],
      [await app.app.inject({ method: 'DELETE', url: '/api/v1/sites' }), 404, 'no-such-address'],
      [await app.app.inject('/../../etc/passwd'), 404, 'no-such-address'],
    ] as const;
    for (const [response, status, code] of cases) {
      expect([response.statusCode, JSON.parse(response.body).code]).toEqual([status, code]);
      expect(response.body).not.toMatch(/at .*\.(ts|js):\d+/);
    }
  });

  it('sends security headers with every answer, and no way in for other origins', async () => {
    const { headers } = await get('/sites', { origin: 'https://evil.example' });
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' });
    expect(headers).not.toHaveProperty('access-control-allow-origin');
    const login = await app.ask('POST', '/auth/login', { body: { username: 'admin', password: app.adminPassword } });
    expect(login.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Strict/);
    const elsewhere = await app.ask('POST', '/auth/refresh', {
      cookie: login.cookie ?? '',
      body: {},
      headers: { 'sec-fetch-site': 'same-site' },
    });
    expect(elsewhere.status).toBe(401);
  });

  it('describes every route in OpenAPI 3.1 and shows it at /docs without other hosts', async () => {
    const { body } = await app.ask('GET', '/openapi.json');
    expect(body.openapi).toBe('3.1.0');
    expect(Object.keys(body.paths)).toContain('/api/v1/namespaces/{namespace}/devices/{device}/tags/{tag}/readings');
    const page = await app.app.inject('/docs');
    expect(page.body).not.toMatch(/https?:\/\//);
    for (const file of ['swagger-ui-bundle.js', 'swagger-ui.css', 'start.js'])
      expect((await app.app.inject(`/docs/${file}`)).statusCode).toBe(200);
  });

  it('lists tags with values, found by words, filtered by quality and area, sorted as people read', async () => {
    const names = async (query: string) =>
      (await get(`/tags?namespace=default&${query}`)).body.items.map((tag: { name: string }) => tag.name);
    expect(await names('sort=name')).toEqual(['flow', 'level', 'name']);
    expect(await names('q=town flow')).toEqual(['flow']);
    expect(await names('quality=None')).toEqual(['level']);
    expect(await names('quality=Good&order=desc')).toEqual(['name', 'flow']);
    expect(await names('area=intake')).toHaveLength(3);
    expect(await names('area=int')).toEqual([]);
    expect((await get('/tags?limit=1&offset=1')).body).toMatchObject({ total: 6, items: [{}] });
  });

  it('sums up the plant', async () => {
    const { body } = await get('/overview?site=north');
    expect(body).toMatchObject({
      state: 'Alarm',
      sites: { total: 1, recording: 1 },
      tags: 3,
      findings: { errors: 0, warnings: 1 },
      simulated: false,
    });
    expect(body.alarms[1]).toEqual({ priority: 'High', active: 1, unacknowledged: 1, total: 1 });
    expect((await get('/findings?name=pump')).body.items[0]).toMatchObject({ reason: 'TagNameCase', severity: 'Warning' });
    expect((await get('/rules?tag=flow&namespace=default')).body.items).toMatchObject([{ type: 'Limit', priority: 'High', watched: 1 }]);
    expect((await get('/sites')).body).toMatchObject({ total: 2, items: [{ name: 'north', tags: 3, rules: 1 }, { name: 'south' }] });
  });

  it('acknowledges an alarm as it was seen, journals it, and says what changed to who comes late', async () => {
    const [alarm] = (await get('/alarms?site=north')).body.items;
    expect(alarm).toMatchObject({
      state: 'UNACK',
      priority: 'High',
      severity: 700,
      device: 'pump',
      tag: 'flow',
      value: 120,
      unit: 'm³/h',
      correctiveAction: 'Close the valve',
    });
    const seen = { occurrence: alarm.occurrence, version: alarm.version };
    const commented = await post(`/alarms/${alarm.id}/comment`, { ...seen, comment: 'on my way' });
    expect(commented).toMatchObject({ status: 200, body: { comment: 'on my way' } });
    const late = await post(`/alarms/${alarm.id}/acknowledge`, seen);
    expect(late).toMatchObject({ status: 409, body: { code: 'changed', present: { id: alarm.id, version: commented.body.version } } });
    const now = { occurrence: alarm.occurrence, version: commented.body.version };
    expect(await post(`/alarms/${alarm.id}/acknowledge`, { ...now, comment: 'seen' })).toMatchObject({
      status: 200,
      body: { state: 'ACKED', acknowledgedBy: 'cli' },
    });
    const journal = (await get('/alarm-journal?site=north&limit=2')).body;
    expect(journal.items.map((entry: { kind: string }) => entry.kind)).toEqual(['Acknowledged', 'Commented']);
    const older = (await get(`/alarm-journal?site=north&cursor=${journal.nextCursor}`)).body;
    expect(older.items.map((entry: { kind: string }) => entry.kind)).toEqual(['Active']);
    const csv = await get('/alarm-journal?site=north', { accept: 'text/csv' });
    expect(csv.headers).toMatchObject({ 'content-disposition': 'attachment; filename="alarm-journal.csv"' });
    const [head, ...lines] = csv.body.split('\r\n');
    expect(head).toMatch(/^time,kind,priority,state,/);
    expect(lines.map((line: string) => line.split(',')[1])).toEqual(['Acknowledged', 'Commented', 'Active', undefined]);
    expect(await get('/alarm-journal?from=2026-02-30T00:00:00Z', { accept: 'text/csv' })).toMatchObject({ status: 400 });
    expect((await get('/alarms?site=north&state=ACKED')).body.total).toBe(1);
    expect((await get('/alarms?site=north&state=UNACK')).body.total).toBe(0);
    const many = await post('/alarms/acknowledge', {
      alarms: [
        { id: alarm.id, ...seen },
        { id: 'none', ...seen },
      ],
    });
    expect(many.body.results).toMatchObject([{ result: 'changed' }, { id: 'none', result: 'unknown' }]);
  });

  it('exports a journal of more rows than are read at once, each row once', async () => {
    const same =
      'tenant, site, alarm, rule_uid, rule, device, tag, limit_name, priority, occurrence, kind, state, message, cause, simulated';
    const rows = `INSERT INTO alarm_transition (${same}, id, time) SELECT ${same}, 'made-' || n, time - n * interval '1 ms'
      FROM generate_series(1, 5000) AS n, (SELECT * FROM alarm_transition WHERE site = 'north' LIMIT 1) AS one`;
    const client = new pg.Client({ connectionString: app.database.adminUrl });
    await client.connect();
    await client.query(rows);
    await client.end();
    const { body } = await get('/alarm-journal?site=north', { accept: 'text/csv' });
    const times = body
      .split('\r\n')
      .slice(1, -1)
      .map((line: string) => line.split(',')[0]);
    expect(times).toHaveLength(5003);
    expect(times).toEqual(times.toSorted().toReversed());
  });

  it('shows a resource with its version and hands edits to the operator, refusals included', async () => {
    const path = '/namespaces/default/devices/pump';
    const shown = await get(path);
    expect(shown).toMatchObject({ status: 200, headers: { etag: '"7"' }, body: { kind: 'Device', status: { tags: 3 } } });
    const { status: _status, ...resource } = shown.body;
    const put = (headers: Record<string, string> = {}, query = '') => app.ask('PUT', `${path}${query}`, { token, body: resource, headers });
    expect(await put()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
    const asked: unknown[] = [];
    const answers = [
      { status: 200, code: 'ok', message: 'written', object: resource },
      { status: 412, code: 'stale', message: 'somebody was faster' },
      { status: 409, code: 'managed-elsewhere', message: 'Flux owns it', yaml: 'kind: Device\n' },
      { status: 400, code: 'invalid', message: 'no', errors: [{ field: 'spec.siteRef', message: 'is missing' }] },
    ];
    app.api.sites.setEditor(async (edit) => {
      asked.push(edit);
      return answers[asked.length - 1] ?? { status: 404, code: 'not-found', message: 'gone' };
    });
    expect(await put({ 'if-match': '"7"' }, '?dryRun=true')).toMatchObject({
      status: 200,
      body: { message: 'written', dryRun: true, object: { kind: 'Device' } },
    });
    expect(asked[0]).toMatchObject({
      method: 'PUT',
      kind: 'Device',
      namespace: 'default',
      name: 'pump',
      resourceVersion: '7',
      dryRun: true,
      user: 'cli',
    });
    expect(await put({ 'if-match': '"6"' })).toMatchObject({ status: 412, body: { code: 'stale' } });
    expect(await put()).toMatchObject({ status: 409, body: { code: 'managed-elsewhere', yaml: 'kind: Device\n' } });
    expect(await put()).toMatchObject({ status: 400, body: { errors: [{ field: 'spec.siteRef' }] } });
    expect(await app.ask('PUT', path, { token, body: { ...resource, kind: 'Site' } })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'kind' }] },
    });
    expect(await app.ask('DELETE', '/namespaces/default/devices/none', { token })).toMatchObject({ status: 404 });
  });
});
