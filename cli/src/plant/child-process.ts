import { join } from 'node:path';
import { type EntryName, entryPath } from '../entry-path.ts';
import type { SuperviseOptions } from './supervise.ts';

/** A Node child of ours: its title, its file, its variables. Nothing of our own KUBEPLANT_* variables reaches it. */
export function childProcess(options: {
  readonly name: string;
  readonly title: string;
  readonly entry: EntryName;
  readonly env: Readonly<Record<string, string>>;
  readonly logs: string;
}): Pick<SuperviseOptions, 'name' | 'title' | 'command' | 'args' | 'env' | 'logFile' | 'ipc' | 'stopSignal'> {
  const { name, title, entry, env, logs } = options;
  const inherited = Object.entries(process.env).filter(([key]) => !key.startsWith('KUBEPLANT_') && key !== 'NODE_OPTIONS');
  const level = process.env.KUBEPLANT_LOG_LEVEL;
  return {
    name,
    title,
    command: process.execPath,
    args: [`--title=${title}`, '--disable-warning=ExperimentalWarning', entryPath(entry)],
    env: { ...Object.fromEntries(inherited), ...(level !== undefined && { KUBEPLANT_LOG_LEVEL: level }), ...env },
    logFile: join(logs, `${name.replace(/[^a-z0-9.-]+/gi, '_')}.log`),
    ipc: true,
    stopSignal: 'SIGTERM',
  };
}
