import { join } from 'node:path';
import type { Clock } from '../driver.ts';
import { codeOf, type FileSystem } from './file-system.ts';

/** Who holds a folder. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Of this process alone: its run. */
  readonly run: string;
}

/** What a lock needs. */
export interface FolderLockDeps {
  readonly fs: FileSystem;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly folder: string;
  readonly holder: LockHolder;
  /** Whether a process of this machine runs. */
  readonly isAlive: (pid: number) => boolean;
}

/** The right to write into a folder: a file that names its holder and changes every few seconds. */
export interface FolderLock {
  /** Undefined: it is ours. Else who holds it; ask again later. */
  take(): Promise<string | undefined>;
  /** Say that we are still there; false: another has taken it. Rejects when the file is gone or cannot be written. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** Name of the lock among the segments. */
export const LOCK_FILE = 'lock';
/** A holder on another machine that has not renewed for so long is gone. */
const STALE_MS = 15_000;
/** What says nothing was torn by a loss of power, or is being written just now. */
const NAMELESS_MS = 2000;

/**
 * A lock that survives its holder: one of a process that has ended on this machine is taken over at once, one of another
 * machine after 15 s without a sign of life.
 */
export function createFolderLock({ fs, clock, folder, holder, isAlive }: FolderLockDeps): FolderLock {
  const path = join(folder, LOCK_FILE);
  let beat = 0;
  let seen: { readonly text: string; readonly sinceMs: number } | undefined;

  const textOf = (): Buffer => Buffer.from(JSON.stringify({ ...holder, beat }));

  async function read(): Promise<string> {
    return (await fs.read(path, 0, 4096)).toString();
  }

  async function isFree(): Promise<string | undefined> {
    const text = await read();
    const other = parseHolder(text);
    if (other?.host === holder.host && (other.pid === holder.pid || !isAlive(other.pid))) return undefined;
    if (seen?.text !== text) seen = { text, sinceMs: clock.monotonicMs() };
    if (clock.monotonicMs() - seen.sinceMs >= (other ? STALE_MS : NAMELESS_MS)) return undefined;
    return other ? `process ${other.pid} on ${other.host}` : 'a process that does not say who it is';
  }

  return {
    take: async () => {
      try {
        const file = await fs.create(path);
        await file.append([textOf()]);
        await file.sync();
        await file.close();
        return undefined;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const other = await isFree();
      if (other === undefined) await fs.replace(path, textOf());
      return other;
    },
    renew: async () => {
      if (parseHolder(await read())?.run !== holder.run) return false;
      beat++;
      await fs.replace(path, textOf());
      return true;
    },
    release: async () => {
      if (parseHolder(await read())?.run === holder.run) await fs.remove(path);
    },
  };
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    // Whatever was written: each field is checked.
    const { pid, host, run } = JSON.parse(text) as Partial<Record<keyof LockHolder, unknown>>;
    return typeof pid === 'number' && typeof host === 'string' && typeof run === 'string' ? { pid, host, run } : undefined;
  } catch {
    return undefined;
  }
}
