import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { freePorts } from './free-ports.ts';

it('finds different ports, none of those that outgoing connections get', async () => {
  const ports = await freePorts(500);
  expect(new Set(ports).size).toBe(500);
  expect(Math.max(...ports)).toBeLessThan(32_768);
});

it('finds ports that can be listened on', async () => {
  const servers = await Promise.all(
    (await freePorts(5)).map(
      (port) =>
        new Promise<ReturnType<typeof createServer>>((resolve, reject) => {
          const server = createServer();
          server.once('error', reject).listen(port, '127.0.0.1', () => resolve(server));
        }),
    ),
  );
  for (const server of servers) server.close();
});

it('says that an address is not one of this machine', async () => {
  await expect(freePorts(1, '192.0.2.1')).rejects.toThrow('EADDRNOTAVAIL');
});
