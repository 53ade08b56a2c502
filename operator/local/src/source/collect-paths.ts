import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { atFile, type Problem } from '../problem.ts';
import { readKustomization, findKustomization } from './kustomization.ts';
import type { Collecting, SourcePath, Transform } from './types.ts';

/** What there is to read below the paths given. */
export interface Collected {
  readonly paths: readonly SourcePath[];
  readonly problems: readonly Problem[];
  /** Files and folders whose change means reading again. */
  readonly watched: readonly string[];
}

/** Every YAML file below the paths, in a stable order: files, folders (recursive), kustomizations, `-`. */
export async function collectPaths(paths: readonly string[]): Promise<Collected> {
  const collecting: Collecting = { paths: [], problems: [], watched: [] };
  for (const path of paths) {
    try {
      await collectPath(collecting, path, [], []);
    } catch (error) {
      const { path: where = path, code, message } = error as NodeJS.ErrnoException;
      collecting.problems.push(atFile(where, 'PathUnreadable', `it cannot be read (${code ?? message}): check its permissions`));
    }
  }
  const seen = new Set<string>();
  return { ...collecting, paths: collecting.paths.filter(({ file }) => !seen.has(file) && seen.add(file)) };
}

/** One path; a folder is walked, or read through its kustomization where it has one. */
async function collectPath(
  collecting: Collecting,
  path: string,
  transforms: readonly Transform[],
  above: readonly string[],
): Promise<void> {
  if (path === '-') {
    collecting.paths.push({ file: '-', transforms });
    return;
  }
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    const linked = (await lstat(path).catch(() => undefined)) !== undefined;
    const message = linked
      ? 'it is a link to what is not there: mend or remove it'
      : `there is no file or folder "${path}": check the path`;
    collecting.problems.push(atFile(path, 'PathNotFound', message));
  } else if (!found.isDirectory() && !found.isFile()) {
    // It could be read once at best, and is read again and again.
    const message = 'it is a pipe, a socket or a device: give a file, or "-" and feed standard input';
    collecting.problems.push(atFile(path, 'NotAFile', message));
  } else if (!found.isDirectory()) {
    collecting.watched.push(path);
    collecting.paths.push({ file: path, transforms });
  } else {
    await collectFolder(collecting, path, transforms, above);
  }
}

/** `above`: the real places of the folders it lies in; one of those again, by a link or a kustomization, has no end. */
async function collectFolder(
  collecting: Collecting,
  folder: string,
  transforms: readonly Transform[],
  above: readonly string[],
): Promise<void> {
  const place = await realpath(folder);
  if (above.includes(place)) {
    leaveOut(collecting, folder, 'FolderLoop', 'it leads back to a folder it lies in');
    return;
  }
  collecting.watched.push(folder);
  const kustomization = await findKustomization(folder);
  if (kustomization !== undefined) {
    const { transform, resources } = await readKustomization(collecting, kustomization);
    for (const resource of resources) await collectPath(collecting, join(folder, resource), [transform, ...transforms], [...above, place]);
    return;
  }
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    const found = entry.isSymbolicLink() ? await stat(path).catch(() => undefined) : entry;
    if (found?.isDirectory()) await collectFolder(collecting, path, transforms, [...above, place]);
    else if (!/\.ya?ml$/.test(entry.name)) continue;
    // Reading a pipe would wait for its writer for ever.
    else if (found !== undefined && !found.isFile()) leaveOut(collecting, path, 'NotAFile', 'it is a pipe, a socket or a device');
    else await collectPath(collecting, path, transforms, [...above, place]);
  }
}

const leaveOut = ({ problems }: Collecting, path: string, reason: string, why: string): void =>
  void problems.push(atFile(path, reason, `${why}: it is left out, remove it`, 'Warning'));
