import { mkdir, open, readdir, rename, stat, truncate, unlink, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FileSystem, LogFile } from './file-system.ts';

/** The disk of this machine. Nothing here blocks the event loop. */
export const nodeFileSystem: FileSystem = {
  makeFolder: async (path) => void (await mkdir(path, { recursive: true, mode: 0o700 })),
  list: (folder) => readdir(folder),
  sizeOf: async (path) => (await stat(path)).size,
  create: createFile,
  read: readPart,
  replace: async (path, bytes) => {
    const next = `${path}.next`;
    await writeFile(next, bytes, { mode: 0o600 });
    await rename(next, path);
  },
  rename,
  truncate,
  remove: async (path) => {
    await unlink(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  },
};

async function createFile(path: string): Promise<LogFile> {
  const handle = await open(path, 'ax', 0o600);
  let isNamed = false;
  return {
    append: async (parts) => {
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      const { bytesWritten } = await handle.writev([...parts]);
      if (bytesWritten !== length)
        throw Object.assign(new Error(`only ${bytesWritten} of ${length} bytes were written`), { code: 'ENOSPC' });
    },
    sync: async () => {
      await handle.datasync();
      if (isNamed) return;
      await syncFolder(dirname(path));
      isNamed = true;
    },
    close: () => handle.close(),
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function readPart(path: string, position: number, length: number): Promise<Buffer> {
  const handle = await open(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(length);
    const { bytesRead } = await handle.read(buffer, 0, length, position);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}
