import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { CommandError } from '../command-error.ts';

/** Where data and programs of the service user lie: everybody may walk there. */
export const SERVICE_HOME = '/var/lib/kubeplant';

const NAME = 'postgres';

/** The user PostgreSQL runs as; undefined when it is ours. PostgreSQL refuses to run as root. */
export function serviceUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const ids = lookUp() ?? create();
  if (ids === undefined) {
    throw new CommandError(
      `PostgreSQL refuses to run as root and the user "${NAME}" could not be made: run as an ordinary user, or give --database-url`,
    );
  }
  return ids;
}

/** Folder of the database of one data directory, below the service user's home. */
export const serviceFolder = (dataRoot: string): string =>
  `${SERVICE_HOME}/${createHash('sha256').update(dataRoot).digest('hex').slice(0, 16)}`;

function lookUp(): { readonly uid: number; readonly gid: number } | undefined {
  const uid = Number(run('id', ['-u', NAME]));
  const gid = Number(run('id', ['-g', NAME]));
  return uid > 0 && gid > 0 ? { uid, gid } : undefined;
}

function create(): { readonly uid: number; readonly gid: number } | undefined {
  run('useradd', ['--system', '--user-group', '--no-create-home', '--home-dir', SERVICE_HOME, '--shell', '/usr/sbin/nologin', NAME]);
  return lookUp();
}

function run(command: string, args: readonly string[]): string | undefined {
  try {
    return execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}
