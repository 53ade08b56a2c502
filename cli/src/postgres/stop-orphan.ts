import { join } from 'node:path';
import { CommandError } from '../command-error.ts';
import { readIfThere } from '../plant/data-directory.ts';
import { commandLine, identityOf, signalProcess, waitUntilGone } from '../plant/process-identity.ts';

/** Stop a PostgreSQL whose `up` was killed. True when there was one. Any other process with that id is left alone. */
export async function stopOrphan(dataFolder: string): Promise<boolean> {
  const pid = Number((readIfThere(join(dataFolder, 'postmaster.pid')) ?? '').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1) return false;
  const identity = identityOf(pid);
  if (identity === undefined || !commandLine(pid)?.includes(dataFolder)) return false;
  signalProcess(identity, 'SIGINT');
  let left = await waitUntilGone([identity], 8000);
  if (left.length > 0) {
    signalProcess(identity, 'SIGQUIT');
    left = await waitUntilGone([identity], 4000);
  }
  if (left.length > 0) throw new CommandError(`PostgreSQL of an earlier start (process ${pid}) does not stop: end it and try again`);
  return true;
}
