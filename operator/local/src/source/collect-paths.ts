import { readdir, stat } from 'node:fs/promises';
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
      await collectPath(collecting, path, []);
    } catch (error) {
      const { path: where = path, code, message } = error as NodeJS.ErrnoException;
      collecting.problems.push(atFile(where, 'PathUnreadable', `it cannot be read (${code ?? message}): check its permissions`));
    }
  }
  const seen = new Set<string>();
  return { ...collecting, paths: collecting.paths.filter(({ file }) => !seen.has(file) && seen.add(file)) };
}

/** One path; a folder is walked, or read through its kustomization where it has one. */
async function collectPath(collecting: Collecting, path: string, transforms: readonly Transform[]): Promise<void> {
  if (path === '-') {
    collecting.paths.push({ file: '-', transforms });
    return;
  }
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) {
    collecting.problems.push(atFile(path, 'PathNotFound', `there is no file or folder "${path}": check the path`));
  } else if (!found.isDirectory()) {
    collecting.watched.push(path);
    collecting.paths.push({ file: path, transforms });
  } else {
    await collectFolder(collecting, path, transforms);
  }
}

async function collectFolder(collecting: Collecting, folder: string, transforms: readonly Transform[]): Promise<void> {
  collecting.watched.push(folder);
  const kustomization = await findKustomization(folder);
  if (kustomization !== undefined) {
    const { transform, resources } = await readKustomization(collecting, kustomization);
    for (const resource of resources) await collectPath(collecting, join(folder, resource), [transform, ...transforms]);
    return;
  }
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    const directory = entry.isDirectory() || (entry.isSymbolicLink() && (await stat(path).catch(() => undefined))?.isDirectory());
    if (directory) await collectFolder(collecting, path, transforms);
    else if (/\.ya?ml$/.test(entry.name)) await collectPath(collecting, path, transforms);
  }
}
