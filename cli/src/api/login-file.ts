import { mkdirSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RefreshStore } from '@kubeplant/api-client';
import { readIfThere, writeSecret } from '../plant/data-directory.ts';

/** Where the user logged in last. */
export interface Login {
  readonly server: string;
  readonly refreshToken: string;
}

/** In the user's configuration folder, readable by the user alone. */
const loginFile = (): string => join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'kubeplant', 'login.json');

export function readLogin(): Login | undefined {
  try {
    const value = JSON.parse(readIfThere(loginFile()) ?? 'null') as Partial<Login> | null;
    return typeof value?.server === 'string' && typeof value.refreshToken === 'string' ? (value as Login) : undefined;
  } catch {
    return undefined;
  }
}

/** Keeps the refresh token, which changes with each use. */
export function createRefreshStore(server: string): RefreshStore {
  return {
    load: () => readLogin()?.refreshToken,
    save: (refreshToken) => {
      const path = loginFile();
      if (refreshToken === undefined) return rmSync(path, { force: true });
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      writeSecret(path, JSON.stringify({ server: server.replace(/\/+$/, ''), refreshToken } satisfies Login));
    },
  };
}
