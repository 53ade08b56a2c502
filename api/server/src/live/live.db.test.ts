import type { AddressInfo } from 'node:net';
import { createLiveClient, type LiveState, type ServerMessage } from '@kubeplant/api-client';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_PASSWORD, CLI_TOKEN, startTestApp, type TestApp } from '../http/app.fixture.ts';
import { startTwoPlants, type TwoPlants } from '../http/two-plants.fixture.ts';
import { eventually } from '../owner/api.fixture.ts';

let app: TestApp;
let plants: TwoPlants;
let baseUrl: string;
const open: (() => void)[] = [];
const nowUs = () => Date.now() * 1000;

/** A browser that keeps what it is sent. */
async function connect(): Promise<{
  messages: ServerMessage[];
  send: (message: object | string) => void;
  closed: Promise<number>;
  of: (type: string) => Promise<ServerMessage>;
}> {
  const socket = new WebSocket(`${baseUrl.replace('http', 'ws')}/api/v1/live`);
  const messages: ServerMessage[] = [];
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  socket.onmessage = ({ data }) => messages.push(JSON.parse(String(data)));
  open.push(() => socket.close());
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  return {
    messages,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    of: (type) =>
      eventually(`a message ${type}, among ${JSON.stringify(messages)}`, () => messages.find((message) => message.type === type)),
  };
}
const hello = { type: 'hello', token: CLI_TOKEN };

beforeAll(async () => {
  app = await startTestApp();
  plants = await startTwoPlants(app);
  await app.app.listen({ host: '127.0.0.1', port: 0 });
  baseUrl = `http://127.0.0.1:${(app.app.server.address() as AddressInfo).port}`;
  await plants.north.send([{ tag: 1, timeUs: nowUs(), value: 1 }]);
});
afterEach(() => {
  for (const close of open.splice(0)) close();
});
afterAll(async () => {
  plants.close();
  await app.close();
});

describe('the live channel', () => {
  it('answers every message of a client that asks faster than it is served, in order', async () => {
    const browser = await connect();
    browser.send(hello);
    for (let index = 0; index < 200; index += 1) browser.send({ type: 'subscribe', tags: ['default/pump/flow'] });
    browser.send({ type: 'unsubscribe', tags: ['default/pump/flow'] });
    await browser.of('unsubscribed');
    expect(browser.messages.filter(({ type }) => type === 'subscribed').length).toBe(200);
  });

  it('gives ids and the last values at once, then every committed value, and denies what is not there', async () => {
    const browser = await connect();
    browser.send(hello);
    browser.send({ type: 'subscribe', tags: ['default/pump/flow', 'default/pump/name', 'default/pump/none'] });
    const subscribed = await browser.of('subscribed');
    if (subscribed.type !== 'subscribed') throw new Error('unreachable');
    expect(subscribed.denied).toEqual(['default/pump/none']);
    const flow = subscribed.ids['default/pump/flow'];
    expect(await browser.of('snapshot')).toMatchObject({ values: [[flow, expect.any(Number), 1, 0, 0]] });
    const timeUs = nowUs() + 1000;
    await plants.north.send([{ tag: 1, timeUs, value: 2.5, status: 0x4094 }], [{ timeUs, value: 'P-7' }]);
    const values = await browser.of('values');
    expect(values).toMatchObject({
      values: [
        [flow, Math.floor(timeUs / 1000), 2.5, 0x4094],
        [subscribed.ids['default/pump/name'], expect.any(Number), 'P-7', 0],
      ],
    });
    browser.send({ type: 'unsubscribe', tags: ['default/pump/flow', 'default/pump/name'] });
    await browser.of('unsubscribed');
    const before = browser.messages.length;
    await plants.north.send([{ tag: 1, timeUs: timeUs + 1000, value: 3 }]);
    browser.send({ type: 'unsubscribe' });
    await eventually('the answer', () => browser.messages.length > before);
    expect(browser.messages.filter((message) => message.type === 'values')).toHaveLength(1);
  });

  it('sends of many values within a tick the newest only, the same to all', async () => {
    const browsers = await Promise.all([connect(), connect()]);
    for (const browser of browsers) {
      browser.send(hello);
      browser.send({ type: 'subscribe', tags: ['default/pump/level'] });
      await browser.of('snapshot');
    }
    const timeUs = nowUs();
    await plants.north.send(Array.from({ length: 100 }, (_, i) => ({ tag: 2, timeUs: timeUs + i, value: i })));
    const [one, two] = await Promise.all(browsers.map((browser) => browser.of('values')));
    expect(one).toMatchObject({ values: [[expect.any(Number), expect.any(Number), 99, 0]] });
    expect(two).toEqual(one);
  });

  it('tells of every alarm change, with its journal, after a list to start from', async () => {
    const browser = await connect();
    browser.send(hello);
    browser.send({ type: 'subscribe', alarms: true });
    expect(await browser.of('snapshot')).toMatchObject({ alarms: [] });
    const timeUs = nowUs() + 10_000;
    for (const [offset, value] of [
      [0, 500],
      [1000, 1],
      [2000, 600],
    ] as const)
      await plants.north.send([{ tag: 1, timeUs: timeUs + offset, value }]);
    const kinds = () => browser.messages.flatMap((message) => (message.type === 'alarm' ? message.journal.map((entry) => entry.kind) : []));
    await eventually('three changes', () => kinds().length >= 3);
    expect(kinds()).toEqual(['Active', 'Cleared', 'Active']);
    const last = browser.messages.filter((message) => message.type === 'alarm').at(-1);
    expect(last).toMatchObject({ alarms: [{ state: 'UNACK', site: 'north', value: 600, unit: 'm³/h' }] });
  });

  it('shows a user of another tenant neither values nor alarms', async () => {
    const admin = await app.admin();
    const { password } = (
      await app.ask('POST', '/users', {
        token: admin,
        body: { username: 'southerner', grants: [{ role: 'viewer', namespace: 'other', site: '*' }] },
      })
    ).body;
    const first = await app.login('southerner', password);
    const locked = await connect();
    locked.send({ type: 'hello', token: first.token });
    expect(await locked.of('error')).toMatchObject({ code: 'password-change-required' });
    const changed = await app.ask('POST', '/auth/password', {
      token: first.token,
      body: { oldPassword: password, newPassword: 'warm winds blow here' },
    });
    const browser = await connect();
    browser.send({ type: 'hello', token: changed.body.accessToken });
    browser.send({ type: 'subscribe', tags: ['default/pump/flow', 'other/pump/flow'], alarms: true });
    expect(await browser.of('subscribed')).toMatchObject({ denied: ['default/pump/flow'], ids: { 'other/pump/flow': expect.any(Number) } });
    const timeUs = nowUs() + 20_000;
    await plants.north.send([{ tag: 1, timeUs, value: 1 }]);
    await plants.south.send([{ tag: 1, timeUs, value: 900 }]);
    expect(await browser.of('alarm')).toMatchObject({ alarms: [{ site: 'south' }] });
    expect(JSON.stringify(browser.messages)).not.toContain('north');
  });

  it('says why before it closes: no hello, a bad token, nonsense, too many tags, an ended session', async () => {
    const refusal = async (...messages: (object | string)[]) => {
      const browser = await connect();
      for (const message of messages) browser.send(message);
      return [await browser.of('error'), await browser.closed] as const;
    };
    expect(await refusal({ type: 'subscribe' })).toMatchObject([{ code: 'hello-first' }, 4401]);
    expect(await refusal({ type: 'hello', token: 'nonsense' })).toMatchObject([{ code: 'signed-out' }, 4401]);
    expect(await refusal('{')).toMatchObject([{ code: 'invalid' }, 4400]);
    expect(await refusal(hello, { type: 'shout' })).toMatchObject([{ code: 'invalid' }, 4400]);
    const many = (from: number) => Array.from({ length: 3000 }, (_, i) => `default/pump/t${from + i}`);
    expect(await refusal(hello, { type: 'subscribe', tags: [...many(0), ...many(3000)] })).toMatchObject([{ code: 'invalid' }, 4400]);
    const { token } = await app.login('admin', ADMIN_PASSWORD);
    const browser = await connect();
    browser.send({ type: 'hello', token });
    await browser.of('welcome');
    await app.ask('POST', '/auth/logout', { token });
    expect(await browser.of('error')).toMatchObject({ code: 'session-ended' });
    expect(await browser.closed).toBe(4401);
  });

  it('warns before a token ends, goes on with a new one, and says why when there is none', async () => {
    const lifeMs = 300_000;
    app.clock.ms = Date.now() - lifeMs + 3000;
    const old = await app.login('admin', ADMIN_PASSWORD);
    app.clock.ms = Date.now();
    const [renewing, ending] = [await connect(), await connect()];
    for (const browser of [renewing, ending]) {
      browser.send({ type: 'hello', token: old.token });
      browser.send({ type: 'subscribe', tags: ['default/pump/flow'] });
      expect(await browser.of('tokenExpiring')).toMatchObject({ expiresIn: expect.toSatisfy((seconds: number) => seconds <= 3) });
    }
    renewing.send({ type: 'token', token: (await app.login('admin', ADMIN_PASSWORD)).token });
    expect(await ending.of('error')).toMatchObject({ code: 'token-expired' });
    expect(await ending.closed).toBe(4401);
    await plants.north.send([{ tag: 1, timeUs: nowUs() + 30_000, value: 2 }]);
    await renewing.of('values');
    expect(renewing.messages.filter(({ type }) => type === 'error')).toEqual([]);
  });

  it('closes when the token of somebody else comes to renew', async () => {
    const browser = await connect();
    browser.send(hello);
    browser.send({ type: 'token', token: (await app.login('admin', ADMIN_PASSWORD)).token });
    expect(await browser.of('error')).toMatchObject({ code: 'other-user' });
    expect(await browser.closed).toBe(4401);
  });

  it('starts from the newest value, though one came while the picture was made', async () => {
    const browser = await connect();
    browser.send(hello);
    await browser.of('welcome');
    const timeUs = nowUs() + 50_000;
    // The list of alarms is asked of the database; meanwhile a value is committed.
    const release = app.holdDatabase();
    browser.send({ type: 'subscribe', tags: ['default/pump/level'], alarms: true });
    await eventually('the question', () => release.waiting() > 0);
    await plants.north.send([{ tag: 2, timeUs, value: 4711 }]);
    release.go();
    const snapshot = await browser.of('snapshot');
    expect(snapshot).toMatchObject({ values: [[expect.any(Number), Math.floor(timeUs / 1000), 4711, 0, 0]] });
  });

  it('serves the client of the console: values, alarms, and a state that is lost and found again', async () => {
    const states: LiveState['kind'][] = [];
    const client = createLiveClient({ baseUrl, token: async () => CLI_TOKEN, onState: (state) => states.push(state.kind) });
    open.push(client.close);
    const seen: (number | string | null)[] = [];
    const alarms: string[] = [];
    client.subscribeTags(['default/pump/flow', 'nowhere/x/y'], (values) => seen.push(...values.map((value) => value.value)));
    client.subscribeAlarms((change) => alarms.push(...change.alarms.map((alarm) => alarm.state)));
    const timeUs = nowUs() + 40_000;
    await eventually('the client is live and knows', () => client.denied().has('nowhere/x/y'));
    await plants.north.send([{ tag: 1, timeUs, value: 700 }]);
    await eventually('the value', () => seen.includes(700) && client.latest('default/pump/flow')?.value === 700);
    await eventually('the alarm', () => alarms.includes('UNACK'));
    for (const socket of app.app.websocketServer.clients) socket.terminate();
    await eventually('lost', () => states.includes('lost'));
    await eventually('live again', () => states.at(-1) === 'live');
    await plants.north.send([{ tag: 1, timeUs: timeUs + 1000, value: 701 }]);
    await eventually('the value after', () => seen.includes(701));
  });
});
