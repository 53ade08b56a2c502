import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the ports that systems give to outgoing connections (from 32768 on): a process that is started again and again could not
 * get its port back from one of those, and a client of a port that nobody listens on might be connected to itself.
 */
const [LOWEST, HIGHEST] = [10_000, 32_767];
const MOST_TRIES = 1_000;

/** So many TCP ports of this address that nobody listens on now, all different. */
export async function freePorts(count: number, host = '127.0.0.1'): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count; tries += 1) {
    if (tries >= MOST_TRIES) throw new Error(`no free port between ${LOWEST} and ${HIGHEST} on ${host} after ${MOST_TRIES} tries`);
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (await isFree(host, port)) ports.add(port);
  }
  return [...ports];
}

/** One of them. */
export async function freePort(host?: string): Promise<number> {
  const [port = 0] = await freePorts(1, host);
  return port;
}

/** Rejects where no port of the address could be listened on. */
async function isFree(host: string, port: number): Promise<boolean> {
  try {
    await listenOnce(host, port);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return false;
    throw error;
  }
}

/** Rejects with what the system says when the port cannot be listened on. */
export function listenOnce(host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve()));
  });
}
