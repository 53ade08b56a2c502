import type { IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { type BareApp, startBareApp } from './bare-app.fixture.ts';
import type { HttpLimits } from './limits.ts';

let bare: BareApp;
const start = async (limits: Partial<HttpLimits> = {}): Promise<void> => {
  bare = await startBareApp({ limits });
};
afterEach(() => bare.app.close());

/** An export that is read as fast as it comes. */
async function readExport(token?: string): Promise<IncomingMessage> {
  const response = await bare.export(token);
  response.on('error', () => {}).resume();
  return response;
}

describe('an export', () => {
  it('stops reading the database when its reader stops, and is ended when the reader takes nothing for too long', async () => {
    await start({ stallMs: 300 });
    const response = await bare.export();
    response.on('error', () => {}).pause();
    await expect.poll(() => bare.source.closed).toBe(1);
    expect(bare.source.chunks).toBeLessThan(400);
    response.resume();
    await new Promise((resolve) => response.once('close', resolve));
    expect(response.complete, 'a half export that looks whole').toBe(false);
  });

  it('closes the database when the browser goes', async () => {
    await start();
    const response = await bare.export();
    response.on('error', () => {}).destroy();
    await expect.poll(() => bare.source.closed).toBe(1);
  });

  it('is one of two of its user: a third is refused while both are read, and others have places left', async () => {
    await start();
    const [ann, bob] = await Promise.all(['ann', 'bob'].map((name) => bare.tokenOf(name)));
    const running = [await readExport(ann), await readExport(ann)];
    const third = await readExport(ann);
    expect([third.statusCode, third.headers['retry-after']]).toEqual([503, '2']);
    expect((await readExport(bob)).statusCode).toBe(200);
    running[0]?.destroy();
    await expect.poll(async () => (await readExport(ann)).statusCode).toBe(200);
  });

  it('is one of four of all: a fifth is refused while they are read', async () => {
    await start();
    const tokens = await Promise.all(['ann', 'bob', 'cid'].map((name) => bare.tokenOf(name)));
    for (const token of [0, 0, 1, 1]) expect((await readExport(tokens[token])).statusCode).toBe(200);
    expect((await readExport(tokens[2])).statusCode).toBe(503);
  });

  it('gives its place to another when its reader has stopped, long before it would be ended', async () => {
    await start({ giveWayMs: 200, stallMs: 60_000 });
    const tokens = await Promise.all(['ann', 'bob', 'cid'].map((name) => bare.tokenOf(name)));
    const stopped = await Promise.all([0, 0, 1, 1].map((token) => bare.export(tokens[token])));
    for (const response of stopped) response.on('error', () => {}).pause();
    await expect.poll(async () => (await readExport(tokens[2])).statusCode).toBe(200);
    await expect.poll(() => bare.source.closed).toBe(1);
  });
});
