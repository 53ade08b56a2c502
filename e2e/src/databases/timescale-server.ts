import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { asUser, type Launch, runProgram } from './launch.ts';
import { startServer, type TestServer } from './start-server.ts';

const BIN = '/usr/lib/postgresql/17/bin';

/** What became of the wish for a TimescaleDB. */
export type Timescale =
  | { readonly kind: 'server'; readonly server: TestServer; remove(): Promise<void> }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * TimescaleDB of Debian 13 in a root of its own (its programs need a newer C library than Debian 12 has).
 * The root is made once and kept; proc and shared memory are mounted in a mount namespace that ends with the server.
 */
export async function startTimescaleServer(options: { readonly durable?: boolean } = {}): Promise<Timescale> {
  if (process.getuid?.() !== 0)
    return { kind: 'none', reason: 'TimescaleDB in a root of its own needs root; or set KUBEPLANT_TEST_TIMESCALE_URL' };
  const root = join(homedir(), '.cache/kubeplant/timescale-2.19');
  const missing = ensureRoot(root);
  if (missing !== undefined) return { kind: 'none', reason: missing };
  const home = `/var/tmp/kp-${randomBytes(6).toString('hex')}`;
  const password = randomBytes(12).toString('hex');
  run(['chroot', root, 'install', '-d', '-m', '0700', '-o', 'postgres', home]);
  writeFileSync(join(root, home, 'password'), password, { mode: 0o644 });
  const launch = launchIn(root);
  const dataDir = `${home}/data`;
  runProgram(launch, 'initdb', [
    '-D',
    dataDir,
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--locale=C',
    '--auth=scram-sha-256',
    `--pwfile=${home}/password`,
    '--no-sync',
  ]);
  const settings = { shared_preload_libraries: 'timescaledb', 'timescaledb.telemetry_level': 'off', max_locks_per_transaction: '256' };
  const server = await startServer(launch, { dataDir, password, durable: options.durable ?? false, settings });
  const remove = async () => {
    await server.stop();
    rmSync(join(root, home), { recursive: true, force: true });
  };
  return { kind: 'server', server, remove };
}

/** The reason why there is no root with TimescaleDB, or undefined when there is one now. */
function ensureRoot(root: string): string | undefined {
  if (existsSync(join(root, BIN, 'postgres'))) return undefined;
  if (spawnSync('which', ['debootstrap']).status !== 0)
    return 'debootstrap is not installed; install it or set KUBEPLANT_TEST_TIMESCALE_URL';
  process.stderr.write(`making ${root} with TimescaleDB (once, about 80 s)\n`);
  const making = `${root}.making-${process.pid}`;
  const include = '--include=postgresql-17,postgresql-17-timescaledb';
  const made = spawnSync('debootstrap', ['--variant=minbase', include, 'trixie', making], { encoding: 'utf8' });
  if (made.status !== 0) {
    rmSync(making, { recursive: true, force: true });
    return `debootstrap failed: ${made.stdout.slice(-500)}`;
  }
  run(['mv', '--no-target-directory', making, root]);
  return undefined;
}

function launchIn(root: string): Launch {
  const mounts = 'mount -t proc proc "$1/proc" && mount -t tmpfs tmpfs "$1/dev/shm" && cd / && shift && exec chroot "$@"';
  return {
    program: (name) => `${BIN}/${name}`,
    prefix: (stopWithParent) => ['unshare', '--mount', 'sh', '-c', mounts, 'sh', root, root, ...asUser('postgres', stopWithParent)],
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', TZ: 'UTC' },
  };
}

function run([command = '', ...args]: readonly string[]): void {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${command} ${args.join(' ')}: ${done.stderr}`);
}
