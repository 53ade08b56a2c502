import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandError } from '../command-error.ts';
import type { DataDirectory } from './data-directory.ts';

const FIXES: Readonly<Record<string, string>> = {
  EROFS: 'its file system is read-only: give another --data',
  EACCES: 'you may not write there: change its permissions, or give another --data',
  EPERM: 'you may not write there: change its permissions, or give another --data',
  ENOSPC: 'its disk is full: free some space, or give another --data',
  EDQUOT: 'your quota is used up: free some space, or give another --data',
  ENOTDIR: 'a part of the path is a file: give another --data',
  EEXIST: 'a file is in its place: give another --data',
};

/** Do what writes into the data folder; where it cannot be written, say why and what to do. */
export function inDataDirectory<T>(data: Pick<DataDirectory, 'root'>, write: () => T): T {
  try {
    return write();
  } catch (error) {
    const code = codeOf(error);
    const fix = FIXES[code === 'ENOENT' ? (whyNotMade(data.root) ?? code) : code];
    if (fix === undefined) throw error;
    throw new CommandError(`the data folder ${data.root} cannot be written: ${fix}`, 1, { cause: error });
  }
}

/** Making folders above one another says only ENOENT on a read-only file system: the lowest that is there knows. */
function whyNotMade(path: string): string | undefined {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  try {
    accessSync(there, constants.W_OK);
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code);
