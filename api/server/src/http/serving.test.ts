import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BareApp, startBareApp } from './bare-app.fixture.ts';

const consoleDir = mkdtempSync(join(tmpdir(), 'kp-console-'));
let bare: BareApp;

beforeAll(async () => {
  mkdirSync(join(consoleDir, 'assets'));
  writeFileSync(join(consoleDir, 'index.html'), '<!doctype html><title>console</title>');
  writeFileSync(join(consoleDir, 'assets/index-abc.js'), 'run()');
  writeFileSync(join(consoleDir, 'favicon.svg'), '<svg/>');
  bare = await startBareApp({ consoleDir });
});
afterAll(async () => {
  await bare.app.close();
  rmSync(consoleDir, { recursive: true });
});

describe('the console’s files', () => {
  it('are kept for ever where they are named by their content, and asked for anew where not', async () => {
    const asset = await bare.app.inject('/assets/index-abc.js');
    expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect((await bare.app.inject('/favicon.svg')).headers['content-type']).toContain('image/svg+xml');
    const page = await bare.app.inject('/');
    expect([page.statusCode, page.headers['cache-control'], page.body]).toEqual([200, 'no-cache', '<!doctype html><title>console</title>']);
  });

  it('are index.html for every page of the console, and nothing for a file that is not there', async () => {
    expect((await bare.app.inject('/devices/default/pump-1?tab=values')).body).toContain('<title>console</title>');
    expect((await bare.app.inject('/assets/gone.js')).statusCode).toBe(404);
    expect((await bare.app.inject('/missing.png')).statusCode).toBe(404);
    for (const path of ['/assets/../../../../etc/passwd', '/assets/%2e%2e/%2e%2e/%2e%2e/etc/passwd', '/..%2f..%2fetc%2fpasswd.txt']) {
      const response = await bare.get(path); // sent as it is, unlike inject
      response.resume();
      expect(response.statusCode).toBeGreaterThanOrEqual(400);
    }
  });

  it('may be missing: the first page then says how to build them', async () => {
    const { app } = await startBareApp();
    const page = await app.inject('/');
    expect([page.statusCode, page.body]).toEqual([503, expect.stringContaining('vite build')]);
    await app.close();
  });
});

describe('what is not a request', () => {
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
    const [head = '', body = ''] = (await bare.exchange(bytes)).split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status} `);
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });
});

describe('probes on the port of the api', () => {
  it('name the check that fails', async () => {
    const { app: sick } = await startBareApp({ checks: { database: () => 'no answer', model: () => undefined } });
    const ready = await sick.inject('/readyz');
    expect([ready.statusCode, ready.body]).toEqual([503, '[-]database failed: no answer\n[+]model ok\nreadyz check failed\n']);
    expect((await sick.inject('/livez')).body).toBe('ok');
    await sick.close();
    expect((await bare.app.inject('/readyz')).body).toBe('ok');
  });
});
