import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, chownSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-error.ts';

/** What making a database cluster needs. */
export interface ClusterOptions {
  readonly binaries: string;
  /** Folder that will hold `data`; the user must be able to write in it. */
  readonly folder: string;
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly logFile: string;
}

/** Settings that differ from PostgreSQL's own; memory stays small, durability stays on. */
const SETTINGS = `
# Kubeplant
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 96MB
wal_compression = on
min_wal_size = 64MB
max_wal_size = 512MB
checkpoint_completion_target = 0.9
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
log_destination = 'stderr'
`;

/**
 * Make the cluster with a role that is not a superuser, owns its database, and may make the run-time role. It is made
 * aside and moved into place, so that a start that is killed here leaves nothing half done. Returns the role's password.
 */
export async function createCluster({ binaries, folder, user, logFile }: ClusterOptions): Promise<string> {
  const data = join(folder, 'data');
  const unfinished = join(folder, 'data.unfinished');
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const password = randomBytes(24).toString('base64url');
  const options = ['-D', unfinished, '--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C', '--no-instructions'];
  // Nobody logs in as the superuser; a password is needed for the method, not for use.
  const superuser = join(folder, 'superuser');
  writeFileSync(superuser, randomBytes(24).toString('base64url'), { mode: 0o600 });
  if (user !== undefined) chownSync(superuser, user.uid, user.gid);
  try {
    await runTool({ binaries, user, logFile }, 'initdb', [...options, `--pwfile=${superuser}`]);
  } finally {
    rmSync(superuser, { force: true });
  }
  appendFileSync(join(unfinished, 'postgresql.conf'), SETTINGS);
  const statements = [
    `CREATE ROLE kubeplant LOGIN CREATEROLE NOSUPERUSER NOCREATEDB PASSWORD '${password}';`,
    'CREATE DATABASE kubeplant OWNER kubeplant;',
  ];
  await runTool({ binaries, user, logFile }, 'postgres', ['--single', '-D', unfinished, 'postgres'], `${statements.join('\n')}\n`);
  if (existsSync(data)) throw new CommandError(`${data} is there already though the plant did not make it: move it away`);
  renameSync(unfinished, data);
  return password;
}

function runTool(
  { binaries, user, logFile }: Pick<ClusterOptions, 'binaries' | 'user' | 'logFile'>,
  name: string,
  args: readonly string[],
  input = '',
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = spawn(join(binaries, 'bin', name), args, {
      cwd: '/',
      env: postgresEnv(binaries),
      stdio: ['pipe', 'pipe', 'pipe'],
      ...user,
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (cause) => reject(new CommandError(`${name} could not be started: ${cause.message}`, 1, { cause })));
    child.once('close', (code) => {
      appendFileSync(logFile, output);
      if (code === 0 && !/^(ERROR|FATAL|PANIC)|ERROR: {2}/m.test(output)) resolve();
      else reject(new CommandError(`${name} failed (code ${code}): ${output.trim().split('\n').slice(-5).join(' | ')}`));
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Nothing of ours, and the libraries that came with the programs. */
export const postgresEnv = (binaries: string): NodeJS.ProcessEnv => ({
  PATH: process.env.PATH ?? '/usr/bin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
  LD_LIBRARY_PATH: join(binaries, 'lib'),
  DYLD_LIBRARY_PATH: join(binaries, 'lib'),
});
