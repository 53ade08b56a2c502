import { once } from 'node:events';
import { request } from 'node:http';
import type { ServedSpan } from '@kubeplant/kit';
import { fastify } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { traceRequests } from '../trace-requests.ts';
import { type BareApp, ENDLESS, startBareApp } from './bare-app.fixture.ts';

let bare: BareApp;
beforeAll(async () => {
  bare = await startBareApp({ limits: { headersMs: 300, requestMs: 600, checkMs: 50, idleMs: 500, bodyBytes: 10_000 } });
});
afterAll(() => bare.app.close());

const isServed = async (): Promise<boolean> => (await bare.get('/livez')).resume().statusCode === 200;

describe('a client that takes its time', () => {
  it('is ended when it says nothing', async () => {
    const socket = await bare.connect();
    socket.resume();
    await once(socket, 'close');
  });

  it('is ended when its headers drip in, while others are served', async () => {
    const socket = await bare.connect();
    socket.on('error', () => {});
    socket.write('GET /livez HTTP/1.1\r\nhost: a\r\n');
    const drip = setInterval(() => socket.write('x-a: b\r\n'), 20);
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    expect(await isServed()).toBe(true);
    await once(socket, 'close');
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('"code":"request-timeout"');
  });

  it('is ended when its body drips in', async () => {
    const socket = await bare.connect();
    socket.on('error', () => {});
    socket.write('POST /api/v1/auth/login HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 5000\r\n\r\n');
    const drip = setInterval(() => socket.write(' '), 20);
    let answer = '';
    socket.on('data', (chunk) => (answer += String(chunk)));
    await once(socket, 'close');
    clearInterval(drip);
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
  });

  it('is ended when it asks for much and never reads', async () => {
    const socket = await bare.connect();
    socket.on('error', () => {}).pause();
    const asked = `${'GET /api/v1/openapi.json HTTP/1.1\r\nhost: a\r\n\r\n'.repeat(400)}`;
    socket.write(asked);
    const connections = () => new Promise<number>((resolve) => bare.app.server.getConnections((_error, count) => resolve(count)));
    await expect.poll(connections).toBeGreaterThan(0);
    await expect.poll(connections, { timeout: 5000 }).toBe(0);
    socket.destroy();
  });
});

describe('a client that sends too much', () => {
  it('is told the limit, and nothing is parsed', async () => {
    const sent = request({ port: bare.port, method: 'POST', path: '/api/v1/auth/login', headers: { 'content-type': 'application/json' } });
    sent.on('error', () => {}).end(JSON.stringify({ username: 'a', password: 'x'.repeat(20_000) }));
    const [response] = await once(sent, 'response');
    let body = '';
    for await (const chunk of response) body += String(chunk);
    expect(response.statusCode).toBe(413);
    expect(JSON.parse(body)).toMatchObject({ code: 'too-large' });
  });

  it('finds no door by other content types', async () => {
    const sent = request({ port: bare.port, method: 'POST', path: '/api/v1/auth/login', headers: { 'content-type': 'text/plain' } });
    sent.end('{"username":"admin"}');
    const [response] = await once(sent, 'response');
    expect(response.resume().statusCode).toBe(415);
  });
});

describe('every answer', () => {
  it.each([
    ['a page', '/', 503],
    ['an answer', '/api/v1/openapi.json', 200],
    ['a refusal', '/api/v1/sites', 401],
    ['an address that is not there', '/api/v1/nothing', 404],
    ['the live channel without a WebSocket', '/api/v1/live', 426],
  ])('says what a browser may do with it, and not what it was made with: %s', async (_what, path, status) => {
    const response = await bare.get(path);
    response.resume();
    expect(response.statusCode).toBe(status);
    expect(response.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("script-src 'self'"),
    });
    for (const told of ['server', 'x-powered-by', 'via']) expect(response.headers).not.toHaveProperty(told);
    if (path.startsWith('/api')) expect(response.headers['cache-control']).toBe('no-store');
  });

  it('to bytes that are no request is not kept and not guessed at either', async () => {
    const answer = (await bare.exchange('hello\r\n\r\n')).toLowerCase();
    expect(answer).toContain('x-content-type-options: nosniff');
    expect(answer).toContain('cache-control: no-store');
  });

  it('to HEAD reads no export', async () => {
    const head = request({ port: bare.port, method: 'HEAD', path: ENDLESS, headers: { accept: 'text/csv', authorization: 'Bearer cli' } });
    head.end();
    const [response] = await once(head, 'response');
    expect(response.statusCode).toBe(404);
    expect(bare.source.chunks).toBe(0);
  });
});

describe('the span of a request', () => {
  it('ends with the answer, with a caller that goes away, and with a WebSocket', async () => {
    const open = new Set<string>();
    const ended: (string | undefined)[] = [];
    const startSpan = (name: string): ServedSpan => {
      open.add(name);
      return {
        run: (serve) => serve(),
        end: (error) => {
          if (!open.delete(name)) throw new Error(`${name} ended twice`);
          ended.push(error);
        },
      };
    };
    const app = fastify();
    traceRequests(app, startSpan);
    await app.register((await import('@fastify/websocket')).default);
    app.get('/quick', async () => 'done');
    app.get('/broken', async () => {
      throw new Error('no');
    });
    app.get('/never', () => new Promise(() => {}));
    app.get('/socket', { websocket: true }, (socket) => socket.send('hello'));
    const url = await app.listen({ host: '127.0.0.1', port: 0 });
    expect(await (await fetch(`${url}/quick`)).text()).toBe('done');
    await fetch(`${url}/broken`);
    const abort = new AbortController();
    const never = fetch(`${url}/never`, { signal: abort.signal }).catch(() => {});
    await expect.poll(() => [...open]).toEqual(['GET /never']);
    abort.abort();
    await never;
    await expect.poll(() => open.size).toBe(0);
    const socket = new WebSocket(`${url.replace('http', 'ws')}/socket`);
    await new Promise((resolve) => socket.addEventListener('message', resolve));
    expect([...open]).toEqual(['GET /socket']);
    socket.close();
    await expect.poll(() => open.size).toBe(0);
    expect(ended).toEqual([undefined, 'HTTP 500', 'the caller went away', undefined]);
    await app.close();
  });
});
