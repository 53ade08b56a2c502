import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { ServerMessage } from '@kubeplant/api-client';
import { afterEach, describe, expect, it } from 'vitest';
import { type BareApp, CLI_TOKEN, startBareApp } from '../http/bare-app.fixture.ts';
import { device, model, tag } from '../owner/plant.fixture.ts';
import type { TagId } from '../ports.ts';
import type { LiveLimits } from './limits.ts';

const hello = JSON.stringify({ type: 'hello', token: CLI_TOKEN });
const plant = model([
  device(
    'pump',
    Array.from({ length: 6000 }, (_, i) => tag(`t${i}`)),
  ),
]);
const paths = plant.devices.flatMap((one) => one.tags.map(({ name }) => `default/pump/${name}`));

let bare: BareApp;
const start = async (liveLimits: Partial<LiveLimits> = {}): Promise<void> => {
  bare = await startBareApp({ liveLimits, models: [plant] });
  const shared = { tagId: 1 as TagId, tenant: 'local/default', site: 'north', timeUs: 1e15, value: 1, status: 0, flags: 0 }; // A brand, given by the store in real life.
  bare.hub.publishValues(paths.map((path) => ({ ...shared, path, origin: 'Real' as const })));
};
afterEach(() => bare.app.close());
const connected = (): number => bare.app.websocketServer.clients.size;

/** A client as browsers are. */
async function open() {
  const socket = new WebSocket(`ws://127.0.0.1:${bare.port}/api/v1/live`);
  const messages: ServerMessage[] = [];
  socket.onmessage = ({ data }) => messages.push(JSON.parse(String(data)));
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)));
  await new Promise((resolve) => socket.addEventListener('open', resolve));
  const typeSeen = (type: string) => expect.poll(() => messages.some((message) => message.type === type), { timeout: 5000 }).toBe(true);
  const error = () => messages.find((message) => message.type === 'error');
  return { messages, closed, typeSeen, error, send: (text: string) => socket.send(text) };
}

/** A client that has upgraded and then does what no browser does. */
async function openRaw(): Promise<Socket> {
  const socket = await bare.connect();
  socket.on('error', () => {});
  const key = 'AAAAAAAAAAAAAAAAAAAAAA==';
  socket.write(
    `GET /api/v1/live HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
  );
  await once(socket, 'data');
  return socket;
}

/** A text frame of a client, its mask zero. */
function frame(text: string): Buffer {
  const body = Buffer.from(text);
  const length = body.length < 126 ? Buffer.from([0x80 | body.length]) : Buffer.from([0x80 | 126, body.length >> 8, body.length & 255]);
  return Buffer.concat([Buffer.from([0x81]), length, Buffer.alloc(4), body]);
}

describe('a live client', () => {
  it('that sends a message beyond the limit is closed as too large; the others go on', async () => {
    await start();
    const honest = await open();
    honest.send(hello);
    const greedy = await open();
    greedy.send(JSON.stringify({ type: 'hello', token: 'x'.repeat(2 << 20) }));
    expect(await greedy.closed).toBe(1009);
    honest.send(JSON.stringify({ type: 'subscribe', tags: ['default/pump/t1'] }));
    await honest.typeSeen('snapshot');
  });

  it('that sends bytes which are no frame is closed', async () => {
    await start();
    const socket = await openRaw();
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    await new Promise((resolve) => socket.resume().once('close', resolve));
    await expect.poll(connected).toBe(0);
  });

  it('that is no longer there, though its connection still seems to be, is noticed by its silence', async () => {
    await start({ pingMs: 60 });
    const socket = await openRaw();
    socket.pause();
    socket.write(frame(hello));
    await expect.poll(connected).toBe(1);
    await expect.poll(connected).toBe(0);
    socket.destroy();
  });

  it('that answers pings stays', async () => {
    await start({ pingMs: 250 });
    const socket = await openRaw();
    let pings = 0;
    socket.on('data', (chunk: Buffer) => {
      if (chunk[0] !== 0x89) return;
      pings += 1;
      socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
    });
    socket.write(frame(hello));
    await expect.poll(() => pings, { timeout: 10_000 }).toBe(4);
    expect(connected()).toBe(1);
    socket.destroy();
  });

  it('that floods and never reads is given up, and what waits for it is bounded', async () => {
    await start();
    const socket = await openRaw();
    socket.pause();
    socket.write(frame(hello));
    const tags = paths.slice(0, 100);
    const flood = frame(JSON.stringify({ type: 'unsubscribe', tags }));
    const before = process.memoryUsage().rss;
    let ended = false;
    socket.once('close', () => {
      ended = true;
    });
    for (let sent = 0; sent < 40_000 && !ended && connected() > 0; sent += 1) {
      if (!socket.write(flood))
        await Promise.race([once(socket, 'drain').catch(() => {}), expect.poll(connected, { timeout: 10_000 }).toBe(0)]);
    }
    await expect.poll(connected, { timeout: 10_000 }).toBe(0);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
    socket.destroy();
  });

  it('that does not take the closing handshake is not waited for', async () => {
    await start({ closeMs: 100 });
    const socket = await openRaw();
    socket.write(frame('{'));
    await expect.poll(connected).toBe(0);
    socket.destroy();
  });

  it('that does not say hello is told so and closed', async () => {
    await start({ helloMs: 100 });
    const browser = await open();
    expect(await browser.closed).toBe(4408);
    expect(browser.error()).toMatchObject({ code: 'hello-timeout' });
  });

  it('that comes in a crowd without hello drives out others of the crowd, not those who say hello', async () => {
    await start({ strangers: 5 });
    const early = await open();
    early.send(hello);
    await early.typeSeen('welcome');
    const crowd = [];
    for (let i = 0; i < 20; i += 1) crowd.push(await open());
    await Promise.all(crowd.slice(0, 15).map(async (one) => expect(await one.closed).toBe(4408)));
    const late = await open();
    late.send(hello);
    await late.typeSeen('welcome');
    expect(early.error()).toBeUndefined();
  });

  it('that is one too many of its user, or of all, is told so', async () => {
    await start({ connectionsPerUser: 2, connections: 4, strangers: 10 });
    for (let i = 0; i < 2; i += 1) {
      const browser = await open();
      browser.send(hello);
      await browser.typeSeen('welcome');
    }
    const third = await open();
    third.send(hello);
    expect(await third.closed).toBe(1013);
    expect(third.error()).toMatchObject({ code: 'too-many-connections', message: expect.stringContaining('A user') });
    await Promise.all([open(), open()]);
    const fifth = await open();
    expect(await fifth.closed).toBe(1013);
    expect(fifth.error()).toMatchObject({ message: expect.stringContaining('This api') });
  });

  it('may follow 5,000 tags however it asks for them, and no more', async () => {
    await start();
    const browser = await open();
    browser.send(hello);
    for (const from of [0, 2000]) browser.send(JSON.stringify({ type: 'subscribe', tags: paths.slice(from, from + 2000) }));
    browser.send(JSON.stringify({ type: 'subscribe', tags: paths.slice(3500, 5000) }));
    await expect.poll(() => browser.messages.filter(({ type }) => type === 'subscribed').length, { timeout: 5000 }).toBe(3);
    browser.send(JSON.stringify({ type: 'subscribe', tags: [paths[5000]] }));
    expect(await browser.closed).toBe(4400);
    expect(browser.error()).toMatchObject({ code: 'too-many-tags' });
  });
});
