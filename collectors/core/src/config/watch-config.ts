import { type FSWatcher, readFileSync, watch } from 'node:fs';
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
  readonly onConfig: (config: ShardConfig) => void;
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
  let settled: Uint8Array | undefined; // the manifest that was taken or refused
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
    const manifest = readIfThere(join(dir, MANIFEST_FILE));
    if (manifest && settled && Buffer.compare(manifest, settled) === 0) return;
    const decoded = decodeShardFiles((name) => (name === MANIFEST_FILE ? manifest : readIfThere(join(dir, name))));
    if (decoded.kind === 'incomplete') {
      incompleteSinceMs ??= clock.monotonicMs();
      if (clock.monotonicMs() - incompleteSinceMs >= INCOMPLETE_MS) report(`ConfigurationIncomplete: ${decoded.reason}`);
      return;
    }
    incompleteSinceMs = undefined;
    settled = manifest;
    const refusal = decoded.kind === 'malformed' ? `ConfigurationMalformed: ${decoded.reason}` : options.check(decoded.config);
    report(refusal);
    if (decoded.kind === 'config' && refusal === undefined) onConfig(decoded.config);
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
