import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, it } from 'vitest';
import { createFetchInTime } from './fetch-in-time.ts';

const server = createServer((request, response) => {
  if (request.url === '/whole') response.end('all');
  if (request.url === '/half') response.write('ha');
});
const listening = new Promise<string>((resolve) =>
  server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
);
afterAll(() => server.closeAllConnections());

describe('createFetchInTime', () => {
  it('passes an answer on', async () => {
    const answer = await createFetchInTime()(`${await listening}/whole`);
    expect(await answer.text()).toBe('all');
  });

  it('gives up on an api that takes the connection and never answers', async () => {
    await expect(createFetchInTime(50)(`${await listening}/never`)).rejects.toThrow('gave no answer within 0.05 s: the api hangs');
  });

  it('gives up on an answer that begins and never ends', async () => {
    const answer = await createFetchInTime(5000, 50)(`${await listening}/half`);
    await expect(answer.text()).rejects.toThrow('no answer within 0.05 s');
  });

  it('ends at once when the caller does not want it any more', async () => {
    await expect(createFetchInTime()(`${await listening}/never`, { signal: AbortSignal.timeout(20) })).rejects.toThrow('timeout');
  });
});
