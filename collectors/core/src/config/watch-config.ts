import { type FSWatcher, readdirSync, readFileSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { ShardConfig } from '@kubeplant/crds/model';
import { decodeShardFiles, MANIFEST_FILE } from '@kubeplant/crds/model-files';
import type { Clock } from '../driver.ts';

/** What a watch needs. */
export interface ConfigWatchOptions {
  /** Folder with `manifest.json` and its parts; may appear later. */
  readonly dir: string;
  readonly clock: Pick<Clock, 'monotonicMs' | 'setTimer'>;
  /** Say why a configuration cannot be taken; undefined: it can. */
  readonly check: (config: ShardConfig) => string | undefined;
  /** `again` makes the same once more, from what was read: whoever takes a configuration need not keep it. */
  readonly onConfig: (config: ShardConfig, again: () => ShardConfig) => void;
  /** What is wrong with the files now, as `Reason: sentence`; undefined: nothing any more. The configuration before stays in force. */
  readonly onProblem: (problem: string | undefined) => void;
}

/** A running watch. */
export interface ConfigWatch {
  close(): void;
}

const POLL_MS = 1000;
const SETTLE_MS = 50;
/** Files of two revisions are normal while they are being replaced, but not for longer than this. */
const INCOMPLETE_MS = 30_000;

/**
 * Load the configuration now and whenever all of its files have changed together: plain files, and the symbolic links of a
 * mounted ConfigMap, are noticed by events and, where those do not come, by looking once a second.
 */
export function watchConfig(options: ConfigWatchOptions): ConfigWatch {
  const { dir, clock, onConfig } = options;
  let settled: string | undefined; // the files that were taken or refused
  let taken: string | undefined; // the revision in force
  let incompleteSinceMs: number | undefined;
  let problem: string | undefined;
  let cancel = (): void => {};
  let watcher: FSWatcher | undefined;

  function report(next: string | undefined): void {
    if (next === problem) return;
    problem = next;
    options.onProblem(next);
  }

  function look(): void {
    watcher ??= tryWatch(
      dir,
      () => schedule(SETTLE_MS),
      () => {
        watcher = undefined;
      },
    );
    schedule(POLL_MS);
    const signature = signatureOf(dir);
    if (signature === settled) return;
    const files = new Map<string, Uint8Array>();
    const decoded = decodeShardFiles((name) => {
      const content = readIfThere(join(dir, name));
      if (content) files.set(name, content);
      return content;
    });
    if (decoded.kind === 'incomplete') {
      incompleteSinceMs ??= clock.monotonicMs();
      if (clock.monotonicMs() - incompleteSinceMs >= INCOMPLETE_MS) report(`ConfigurationIncomplete: ${decoded.reason}`);
      return;
    }
    incompleteSinceMs = undefined;
    settled = signature;
    const refusal = decoded.kind === 'malformed' ? `ConfigurationMalformed: ${decoded.reason}` : options.check(decoded.config);
    report(refusal);
    if (decoded.kind === 'malformed' || refusal !== undefined || decoded.config.revision === taken) return;
    taken = decoded.config.revision;
    onConfig(decoded.config, () => readAgain(files));
  }

  function schedule(delayMs: number): void {
    cancel();
    cancel = clock.setTimer(delayMs, look);
  }

  look();
  return {
    close: () => {
      cancel();
      watcher?.close();
    },
  };
}

/** Tells any change of any file, also of one that the manifest has not changed for. */
function signatureOf(dir: string): string {
  const names = readNames(dir).filter((name) => name === MANIFEST_FILE || name.startsWith('part-'));
  const files = names.sort().map((name) => {
    const stats = statSync(join(dir, name), { throwIfNoEntry: false });
    return `${name}:${stats?.ino}:${stats?.size}:${stats?.ctimeMs}`;
  });
  return files.join();
}

function readNames(dir: string): string[] {
  try {
    return readdirSync(dir);
  } catch {
    return []; // not there yet
  }
}

/** A configuration of files that were found to be one; packed they take little. */
function readAgain(files: ReadonlyMap<string, Uint8Array>): ShardConfig {
  const decoded = decodeShardFiles((name) => files.get(name));
  if (decoded.kind !== 'config') throw new Error(`the configuration cannot be unpacked again: ${decoded.reason}`);
  return decoded.config;
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined; // absent, or replaced at this moment: looked at again soon
  }
}

function tryWatch(dir: string, onChange: () => void, onLost: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dir, { persistent: false }, onChange);
    watcher.on('error', () => {
      watcher.close();
      onLost();
    });
    return watcher;
  } catch {
    return undefined; // the folder is not there yet
  }
}
