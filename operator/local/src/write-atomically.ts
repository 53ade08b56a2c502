import { open, readFile, rename, rm } from 'node:fs/promises';

/** Replace a file as a whole: a reader sees the old content or the new one. Keeps the mode of what it replaces. */
export async function writeAtomically(path: string, content: string | Uint8Array, mode = 0o644): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The same, unless it is there already: what has not changed needs no room on a full disk. */
export async function writeIfChanged(path: string, content: string | Uint8Array, mode?: number): Promise<void> {
  const present = await readFile(path).catch(() => undefined);
  if (present === undefined || Buffer.compare(present, Buffer.from(content)) !== 0) await writeAtomically(path, content, mode);
}
