import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** Where everything of a local plant lies. */
export interface DataDirectory {
  readonly root: string;
  readonly lockFile: string;
  /** State of the running plant, for `status` and `down`. */
  readonly stateFile: string;
  readonly logs: string;
  readonly tls: string;
  readonly operator: string;
  /** What collectors hold that is not committed. */
  readonly buffer: string;
  readonly postgres: string;
  readonly rootKeyFile: string;
  readonly signingKeyFile: string;
  readonly databaseUrlFile: string;
  readonly passwordFile: string;
  readonly cliTokenFile: string;
}

export const DEFAULT_DATA = '.kubeplant';

/** Names only; nothing is made. */
export function dataDirectory(path: string): DataDirectory {
  const root = resolve(path);
  return {
    root,
    lockFile: join(root, 'lock.json'),
    stateFile: join(root, 'plant.json'),
    logs: join(root, 'logs'),
    tls: join(root, 'tls'),
    operator: join(root, 'operator'),
    buffer: join(root, 'buffer'),
    postgres: join(root, 'postgres'),
    rootKeyFile: join(root, 'keys', 'root-key'),
    signingKeyFile: join(root, 'keys', 'signing-key.pem'),
    databaseUrlFile: join(root, 'keys', 'database-url'),
    passwordFile: join(root, 'initial-admin-password'),
    cliTokenFile: join(root, 'cli-token'),
  };
}

/** Make the folders and the key that outlives starts; the token of `get` and `readings` is new each time. */
export function prepareDataDirectory(data: DataDirectory): void {
  for (const folder of [data.root, data.logs, data.tls, data.operator, join(data.root, 'keys')])
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(join(data.root, '.gitignore'))) writeFileSync(join(data.root, '.gitignore'), '*\n');
  if (!existsSync(data.rootKeyFile)) writeSecret(data.rootKeyFile, randomBytes(32).toString('hex'));
  writeSecret(data.cliTokenFile, randomBytes(32).toString('base64url'));
}

/** Write a file only its owner may read, as a whole: a full disk leaves the one before. */
export function writeSecret(path: string, text: string): void {
  const next = `${path}.next`;
  try {
    writeFileSync(next, text, { mode: 0o600 });
    chmodSync(next, 0o600);
    renameSync(next, path);
  } catch (error) {
    rmSync(next, { force: true });
    throw error;
  }
}

export const readIfThere = (path: string): string | undefined => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
