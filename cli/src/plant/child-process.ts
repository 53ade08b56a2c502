import { join } from 'node:path';
import { MALLOC_ENV } from '@kubeplant/kit';
import { type EntryName, entryPath } from '../entry-path.ts';
import type { SuperviseOptions } from './supervise.ts';

/** What a user may set for all children; every other KUBEPLANT_* variable of ours is not theirs. */
const HANDED_ON = [
  'KUBEPLANT_LOG_LEVEL',
  'KUBEPLANT_BUFFER_BYTES',
  'KUBEPLANT_DRAIN_TIMEOUT',
  'KUBEPLANT_RETENTION_SHORT',
  'KUBEPLANT_RETENTION_STANDARD',
  'KUBEPLANT_RETENTION_LONG',
  'KUBEPLANT_PACK_AFTER',
];

/** A Node child of ours: its title, its file, its variables. */
export function childProcess(options: {
  readonly name: string;
  readonly title: string;
  readonly entry: EntryName;
  readonly env: Readonly<Record<string, string>>;
  readonly logs: string;
}): Pick<SuperviseOptions, 'name' | 'title' | 'command' | 'args' | 'env' | 'logFile' | 'ipc' | 'stopSignal'> {
  const { name, title, entry, env, logs } = options;
  const inherited = Object.entries(process.env).filter(
    ([key]) => HANDED_ON.includes(key) || (!key.startsWith('KUBEPLANT_') && key !== 'NODE_OPTIONS'),
  );
  return {
    name,
    title,
    command: process.execPath,
    args: [`--title=${title}`, '--disable-warning=ExperimentalWarning', entryPath(entry)],
    env: { ...MALLOC_ENV, ...Object.fromEntries(inherited), ...env },
    logFile: join(logs, `${name.replace(/[^a-z0-9.-]+/gi, '_')}.log`),
    ipc: true,
    stopSignal: 'SIGTERM',
  };
}
