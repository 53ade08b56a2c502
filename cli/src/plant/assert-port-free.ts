import { listenOnce } from '@kubeplant/kit';
import { CommandError } from '../command-error.ts';

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
