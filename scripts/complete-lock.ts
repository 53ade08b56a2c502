/**
 * Adds to package-lock.json the optional packages of other platforms that the registry in use did not list, because
 * `npm ci` refuses a lock file without them. Run it after a change of dependencies: `npm run lock`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './run-step.ts';

interface LockEntry {
  version?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  libc?: string[];
  optionalDependencies?: Record<string, string>;
}

const OS = ['android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'aix', 'win32', 'wasi'];
const CPU = ['arm64', 'armv7', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32'];

const path = join(ROOT, 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8')) as { packages: Record<string, LockEntry> };
const added: string[] = [];
for (const [place, entry] of Object.entries(lock.packages))
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {}))
    if (!isLocked(place, name)) {
      lock.packages[`node_modules/${name}`] = describePlatform(name, version, entry.dev === true);
      added.push(`${name}@${version}`);
    }
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stderr.write(added.length === 0 ? 'The lock file is complete.\n' : `Added for other platforms: ${added.join(', ')}\n`);

/** As Node resolves: beside the package that asks for it, or in any folder above. */
function isLocked(place: string, name: string): boolean {
  const above = place.split('/node_modules/').map((_, index, parts) => parts.slice(0, index + 1).join('/node_modules/'));
  return (
    lock.packages[`node_modules/${name}`] !== undefined ||
    above.some((folder) => lock.packages[`${folder}/node_modules/${name}`] !== undefined)
  );
}

function describePlatform(name: string, version: string, dev: boolean): LockEntry {
  const words = name.split(/[-/]/);
  const os = OS.filter((word) => words.includes(word) || (word === 'win32' && words.includes('windows')));
  const cpu = CPU.filter((word) => words.includes(word));
  if (os.length === 0 && cpu.length === 0)
    throw new Error(`${name}@${version} is optional, missing and not for one platform: install it first`);
  return {
    version: version.replace(/^[\^~]/, ''),
    ...(dev ? { dev } : {}),
    optional: true,
    ...(cpu.length === 0 ? {} : { cpu: cpu.map((word) => (word === 'armv7' ? 'arm' : word)) }),
    ...(os.length === 0 ? {} : { os: os.map((word) => (word === 'wasi' ? 'linux' : word)) }),
    ...(words.includes('musl') || words.includes('musleabihf') ? { libc: ['musl'] } : {}),
  };
}
