import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createFirstAdmin, type FirstAdminDeps } from './users.ts';

/** Make the first administrator where there is no user, and leave the generated password in a file only its owner can read. */
export function ensureFirstAdmin(deps: FirstAdminDeps, passwordFile: string): Promise<'created' | 'present'> {
  return createFirstAdmin(deps, async (password) => {
    const next = `${passwordFile}.next`;
    await mkdir(dirname(passwordFile), { recursive: true });
    await writeFile(next, `${password}\n`, { mode: 0o600 });
    await chmod(next, 0o600); // a file left over keeps its mode otherwise
    await rename(next, passwordFile);
  });
}
