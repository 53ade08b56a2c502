import { linkSync, rmSync, writeFileSync } from 'node:fs';
import { CommandError } from '../command-error.ts';
import { type DataDirectory, readIfThere } from './data-directory.ts';
import { identityOf, isAlive, type ProcessIdentity } from './process-identity.ts';

/** The `up` that owns a data directory, if one runs. */
export function lockOwner(data: DataDirectory): ProcessIdentity | undefined {
  const owner = parseIdentity(readIfThere(data.lockFile));
  return owner !== undefined && isAlive(owner) ? owner : undefined;
}

/** Own the data directory until `release`, or say who does. What a killed owner left behind is taken over. */
export function acquireLock(data: DataDirectory): () => void {
  const me = identityOf(process.pid);
  if (me === undefined) throw new CommandError('this system does not tell when a process was started: /proc or ps is needed');
  const mine = `${data.lockFile}.${process.pid}`;
  writeFileSync(mine, JSON.stringify(me));
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        // A link either appears with its whole content or not at all, even when two start at once.
        linkSync(mine, data.lockFile);
        return () => rmSync(data.lockFile, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const owner = lockOwner(data);
      if (owner !== undefined) {
        throw new CommandError(
          `a plant already runs on ${data.root} (process ${owner.pid}): stop it with \`kubeplant down\`, or give another --data`,
        );
      }
      rmSync(data.lockFile, { force: true });
    }
    throw new CommandError(`another \`kubeplant up\` is starting on ${data.root}: try again`);
  } finally {
    rmSync(mine, { force: true });
  }
}

function parseIdentity(text: string | undefined): ProcessIdentity | undefined {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    const { pid, started } = (value ?? {}) as Partial<ProcessIdentity>;
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}
