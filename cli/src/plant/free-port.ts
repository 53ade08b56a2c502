import { createServer } from 'node:net';
import { CommandError } from '../command-error.ts';

/** A port that is free now. */
export const freePort = (host = '127.0.0.1'): Promise<number> => listenOnce(host, 0);

/** Fail with a fix when somebody else has the port. */
export async function assertPortFree(host: string, port: number): Promise<void> {
  try {
    await listenOnce(host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE')
      throw new CommandError(`port ${port} on ${host} is taken by another program: stop it, or choose one with --port ${port + 1}`);
    if (code === 'EADDRNOTAVAIL') throw new CommandError(`this machine has no address ${host}: choose one with --host`, 2);
    if (code === 'EACCES') throw new CommandError(`port ${port} is for privileged programs: choose one above 1023 with --port`);
    throw error;
  }
}

function listenOnce(host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
