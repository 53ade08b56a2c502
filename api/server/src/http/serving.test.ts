import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@kubeplant/kit';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppDeps, buildApp } from '../app.ts';
import { toSigningKeys } from '../auth/signing-keys.ts';
import { createLiveHub } from '../live/hub.ts';
import type { Readings, ScopedClient, Sites, StoredReading, StoredTag } from '../ports.ts';

const consoleDir = mkdtempSync(join(tmpdir(), 'kp-console-'));
const tag = {
  tagId: 1,
  tenant: 'local/default',
  site: 'north',
  device: 'pump',
  name: 'flow',
  origin: 'Real',
  text: false,
} as unknown as StoredTag; // Branded id.
const source = { chunks: 0, closed: 0 };
const headers = { authorization: 'Bearer cli', accept: 'text/csv' };
const csv = '/api/v1/namespaces/default/devices/pump/tags/flow/readings';
let app: FastifyInstance;
let port: number;

/** History without an end. */
async function* endless(): AsyncGenerator<readonly StoredReading[]> {
  const chunk = Array.from({ length: 1000 }, (_, i) => ({ timeUs: i, value: Math.sin(i), status: 0, flags: 0, receivedUs: i }));
  try {
    for (;;) {
      source.chunks += 1;
      yield chunk;
    }
  } finally {
    source.closed += 1;
  }
}

async function start(more: Partial<AppDeps> = {}): Promise<FastifyInstance> {
  const deps = {
    ...{ cluster: 'local', version: '0', now: Date.now, cliToken: 'cli', consoleDir, hub: createLiveHub() },
    withScope: (_scope: unknown, run: (client: ScopedClient) => Promise<unknown>) => run({} as ScopedClient), // Never used by the fake below.
    readings: { tag: async () => tag, stream: endless } as unknown as Readings, // What an export needs.
    sites: { models: () => [] } as unknown as Sites, // A plant without sites.
    keys: await toSigningKeys(generateKeyPairSync('ed25519').privateKey),
    log: createLogger({ name: 'test', level: 'silent' }),
  };
  return buildApp({ ...deps, withScope: deps.withScope as AppDeps['withScope'], ...more });
}

/** Resolves when `read` gives the same twice, half a second of work apart. */
async function steady(read: () => number): Promise<number> {
  for (let before = -1; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    if (read() === before) return before;
    before = read();
  }
}

async function ask(): Promise<IncomingMessage> {
  const request = get({ port, host: '127.0.0.1', path: csv, headers });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

beforeAll(async () => {
  mkdirSync(join(consoleDir, 'assets'));
  writeFileSync(join(consoleDir, 'index.html'), '<!doctype html><title>console</title>');
  writeFileSync(join(consoleDir, 'assets/index-abc.js'), 'run()');
  writeFileSync(join(consoleDir, 'favicon.svg'), '<svg/>');
  app = await start();
  await app.listen({ host: '127.0.0.1', port: 0 });
  port = (app.server.address() as AddressInfo).port;
});
afterAll(async () => {
  await app.close();
  rmSync(consoleDir, { recursive: true });
});

describe('an export', () => {
  it('stops reading the database when the browser stops reading, and closes it when the browser goes', async () => {
    const response = await ask();
    response.pause();
    const read = await steady(() => source.chunks);
    expect(read).toBeLessThan(400);
    response.destroy();
    await expect.poll(() => source.closed).toBe(1);
  });

  it('is refused while four others run, and possible again when one has ended', async () => {
    const running = await Promise.all([ask(), ask(), ask(), ask()]);
    const fifth = await ask();
    expect(fifth.statusCode).toBe(503);
    fifth.resume();
    for (const response of running) response.destroy();
    await expect
      .poll(async () => {
        const response = await ask();
        response.destroy();
        return response.statusCode;
      })
      .toBe(200);
  });
});

describe('the console’s files', () => {
  it('are kept for ever where they are named by their content, and asked for anew where not', async () => {
    const asset = await app.inject('/assets/index-abc.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await app.inject('/favicon.svg')).headers['content-type']).toContain('image/svg+xml');
    const page = await app.inject('/');
    expect([page.statusCode, page.headers['cache-control'], page.body]).toEqual([200, 'no-cache', '<!doctype html><title>console</title>']);
  });

  it('are index.html for every page of the console, and nothing for a file that is not there', async () => {
    expect((await app.inject('/devices/default/pump-1?tab=values')).body).toContain('<title>console</title>');
    expect((await app.inject('/assets/gone.js')).statusCode).toBe(404);
    expect((await app.inject('/missing.png')).statusCode).toBe(404);
    for (const path of ['/assets/../../../../etc/passwd', '/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd.txt']) {
      const [response] = (await once(get({ port, host: '127.0.0.1', path }), 'response')) as [IncomingMessage]; // sent as it is, unlike inject
      response.resume();
      expect(response.statusCode).toBeGreaterThanOrEqual(400);
    }
  });

  it('may be missing: the first page then says how to build them', async () => {
    const bare = await start({ consoleDir: undefined });
    const page = await bare.inject('/');
    expect([page.statusCode, page.body]).toEqual([503, expect.stringContaining('vite build')]);
    await bare.close();
  });
});

describe('what is not a request', () => {
  const exchange = async (bytes: string): Promise<string> => {
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return text;
  };
  it.each([
    ['bytes that are not HTTP', 'hello\r\n\r\n', 400, 'invalid-request'],
    ['headers without an end', `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    [
      'an address that cannot be decoded',
      'GET /api/v1/users/%E0%A4%A HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n',
      400,
      'invalid-address',
    ],
  ])('is answered with a problem: %s', async (_what, bytes, status, code) => {
    const [head = '', body = ''] = (await exchange(bytes)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });
});

describe('probes on the port of the api', () => {
  it('name the check that fails', async () => {
    const sick = await start({ checks: { database: () => 'no answer', model: () => undefined } });
    const ready = await sick.inject('/readyz');
    expect([ready.statusCode, ready.body]).toEqual([503, '[-]database failed: no answer\n[+]model ok\nreadyz check failed\n']);
    expect((await sick.inject('/livez')).body).toBe('ok');
    await sick.close();
    expect((await app.inject('/readyz')).body).toBe('ok');
  });
});
