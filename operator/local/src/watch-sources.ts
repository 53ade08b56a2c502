import { type FSWatcher, statSync, watch } from 'node:fs';

/** Editors write a file in several steps: wait until it is quiet. */
const QUIET_MS = 100;
/** Some file systems tell nothing: look at least this often. */
const POLL_MS = 1000;

/** Tells when something below the watched files and folders changed. */
export interface SourceWatch {
  /** Watch these from now on. */
  set(paths: readonly string[]): void;
  close(): void;
}

/** Watch by the operating system's notices, and by looking at times and sizes where those do not come. */
export function watchSources(onChange: () => void): SourceWatch {
  let paths: readonly string[] = [];
  let signature = '';
  let quiet: NodeJS.Timeout | undefined;
  const watchers = new Map<string, FSWatcher>();
  const notice = (): void => {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      signature = signatureOf(paths);
      onChange();
    }, QUIET_MS);
  };
  const poll = setInterval(() => {
    const now = signatureOf(paths);
    if (now === signature) return;
    signature = now;
    notice();
  }, POLL_MS);
  const drop = (path: string): void => {
    watchers.get(path)?.close();
    watchers.delete(path);
  };
  return {
    set: (next) => {
      paths = next;
      signature = signatureOf(paths);
      for (const path of [...watchers.keys()]) if (!next.includes(path)) drop(path);
      for (const path of next) {
        if (watchers.has(path)) continue;
        try {
          // A watch that fails later (its folder was removed) is dropped: polling goes on.
          watchers.set(
            path,
            watch(path, notice).on('error', () => drop(path)),
          );
        } catch {
          // Polling covers what cannot be watched.
        }
      }
    },
    close: () => {
      clearTimeout(quiet);
      clearInterval(poll);
      for (const path of [...watchers.keys()]) drop(path);
    },
  };
}

function signatureOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stats = statSync(path, { throwIfNoEntry: false });
      return stats === undefined ? '-' : `${stats.ino}:${stats.mtimeMs}:${stats.size}`;
    })
    .join(';');
}
