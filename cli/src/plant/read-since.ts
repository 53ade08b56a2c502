import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';

const LONGEST_BYTES = 64 << 10;

export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;

/** What was appended to a text file since it had `since` bytes, its last 64 KiB; empty where it cannot be read. */
export function readSince(path: string, since: number): string {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const { size } = fstatSync(file);
    // A file that is smaller than it was has been emptied meanwhile.
    const length = Math.min(size < since ? size : size - since, LONGEST_BYTES);
    const bytes = Buffer.alloc(length);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, length, size - length));
  } catch {
    return '';
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
