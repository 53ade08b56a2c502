import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const REQUIREMENTS = join(import.meta.dirname, 'requirements.txt');

/** Python with the peers installed, or why there is none. */
export type PeerPython = { readonly kind: 'python'; readonly path: string } | { readonly kind: 'missing'; readonly reason: string };

/** A virtual environment with the peers, made once and cached outside the work tree by the hash of what is in it. */
export async function preparePython(): Promise<PeerPython> {
  const requirements = await readFile(REQUIREMENTS);
  const hash = createHash('sha256').update(requirements).digest('hex').slice(0, 12);
  const folder = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'kubeplant', `peers-${hash}`);
  const done = join(folder, 'bin', 'python');
  const isReady = await access(join(folder, 'ready')).then(
    () => true,
    () => false,
  );
  if (isReady) return { kind: 'python', path: done };
  try {
    return { kind: 'python', path: await install(folder) };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    return {
      kind: 'missing',
      reason: `Python peers cannot be installed (python3 with venv and pip is needed): ${error instanceof Error ? error.message : error}`,
    };
  }
}

/** `ready` comes last, so that an interrupted installation is begun again. A virtual environment cannot be moved, so it is made in place. */
async function install(folder: string): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(join(folder, '..'), { recursive: true });
  await run('python3', ['-m', 'venv', folder]);
  const python = join(folder, 'bin', 'python');
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', REQUIREMENTS]);
  await mkdir(join(folder, 'ready.part'));
  await rename(join(folder, 'ready.part'), join(folder, 'ready'));
  return python;
}
