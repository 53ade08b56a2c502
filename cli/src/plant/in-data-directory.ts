import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { explainWriteError } from '@kubeplant/kit';
import { CommandError } from '../command-error.ts';
import type { DataDirectory } from './data-directory.ts';

/** Do what writes into the data folder; where it cannot be written, say why and what to do. */
export function inDataDirectory<T>(data: Pick<DataDirectory, 'root'>, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw explainDataError(data, error);
  }
}

/** An error of the system while the data folder was written, in words; any other as it is. */
export function explainDataError(data: Pick<DataDirectory, 'root'>, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const fix = explainWriteError(code === 'ENOENT' ? whyNotMade(data.root, error) : error);
  if (fix === undefined) return error;
  return new CommandError(`the data folder ${data.root} cannot be written: ${fix}, or give another --data`, 1, { cause: error });
}

/** Making folders above one another says only ENOENT on a read-only file system: the lowest that is there knows. */
function whyNotMade(path: string, error: unknown): unknown {
  let there = path;
  while (!existsSync(there)) there = dirname(there);
  try {
    accessSync(there, constants.W_OK);
    return error;
  } catch (refused) {
    return { code: (refused as NodeJS.ErrnoException).code, syscall: 'mkdir' };
  }
}
