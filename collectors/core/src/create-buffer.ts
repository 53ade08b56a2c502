import { hostname } from 'node:os';
import type { ShardConfig } from '@kubeplant/crds/model';
import type { Logger } from '@kubeplant/kit';
import { durationMs } from '@kubeplant/words';
import type { BlockBuffer, BufferEvents } from './block/block-buffer.ts';
import { createMemoryBuffer } from './block/create-memory-buffer.ts';
import type { RunDictionary } from './block/create-run-dictionary.ts';
import type { CollectorSettings } from './collector-settings.ts';
import type { Clock } from './driver.ts';
import { LogBuffer } from './log/log-buffer.ts';
import type { LogLimits } from './log/log-deps.ts';
import { nodeFileSystem } from './log/node-file-system.ts';

/** What the buffer of a collector needs. */
export interface BufferDeps extends BufferEvents {
  readonly settings: Pick<CollectorSettings, 'bufferBytes'> & Partial<Pick<CollectorSettings, 'bufferDir'>>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly dictionary: RunDictionary;
  /** What the configuration in force says; undefined before the first one. */
  readonly buffering: () => ShardConfig['buffering'] | undefined;
  /** Something was lost on disk: tell it soon. */
  readonly onDiskLoss: () => void;
  /** Runs of processes before are there now. */
  readonly onFormerRuns: () => void;
}

/** A log in the folder of the settings; without one, memory. */
export function createBuffer(deps: BufferDeps): BlockBuffer {
  const { settings, log } = deps;
  const { bufferDir: folder, bufferBytes: maxBytes } = settings;
  if (folder === undefined) {
    const onEpisode = ({ seq }: { readonly seq: number }): void =>
      log.error({ maxBytes, seq }, 'the buffer is full: the oldest readings are being lost');
    return createMemoryBuffer({ ...deps, maxBytes, onEpisode });
  }
  return new LogBuffer({
    ...deps,
    fs: nodeFileSystem,
    folder,
    maxBytes,
    limits: () => toLimits(deps.buffering()),
    holder: { pid: process.pid, host: hostname() },
    isAlive,
  });
}

/** Nothing is given up before it is known how much may be kept. */
const UNLIMITED: LogLimits = { maxAgeMs: Number.POSITIVE_INFINITY, maxSizeBytes: Number.POSITIVE_INFINITY, syncIntervalMs: 1000 };

function toLimits(buffering: ShardConfig['buffering'] | undefined): LogLimits {
  if (buffering === undefined) return UNLIMITED;
  const { maxAge, maxSizeBytes, syncInterval } = buffering;
  return { maxAgeMs: durationMs(maxAge), maxSizeBytes, syncIntervalMs: durationMs(syncInterval) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'; // it runs as another user
  }
}
