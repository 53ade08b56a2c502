import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';

/** A process of ours that is started again whenever it ends, as a host does. */
export interface Supervised {
  /** Process id now; undefined between two starts. */
  readonly pid: number | undefined;
  readonly starts: number;
  /** `SIGKILL` by default; resolves when the process has gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Kill it, and start it again only with `resume`. */
  halt(): Promise<void>;
  resume(): void;
  /** Resolves when a process has said that it is ready and still runs. */
  ready(): Promise<void>;
  /** End it for good. */
  stop(): Promise<void>;
}

/** Start `entry` with these variables; what it says goes to `logFile`. It ends when this process does. */
export function supervise(options: {
  readonly entry: URL;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly restartMs?: number;
}): Supervised {
  const { entry, env, logFile, restartMs = 100 } = options;
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([key]) => !key.startsWith('KUBEPLANT_')));
  const log = openSync(logFile, 'a');
  let child: ChildProcess | undefined;
  let readiness = Promise.withResolvers<void>();
  let isReady = false;
  let stopped = false;
  let halted = false;
  let starts = 0;
  let timer: NodeJS.Timeout | undefined;

  function start(): void {
    if (stopped || halted) return;
    starts += 1;
    const mine = spawn(process.execPath, [entry.pathname], { env: { ...inherited, ...env }, stdio: ['ignore', log, log, 'ipc'] });
    child = mine;
    mine.on('message', (message) => {
      if ((message as { readonly type?: string }).type === 'ready' && child === mine) {
        isReady = true;
        readiness.resolve();
      }
    });
    mine.once('exit', () => {
      if (child === mine) child = undefined;
      if (isReady) readiness = Promise.withResolvers<void>();
      isReady = false;
      timer = setTimeout(start, restartMs);
    });
  }

  async function kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const mine = child;
    if (mine === undefined) return;
    const gone = once(mine, 'exit');
    mine.kill(signal);
    await gone;
  }

  start();
  return {
    get pid() {
      return child?.pid;
    },
    get starts() {
      return starts;
    },
    kill,
    halt: () => {
      halted = true;
      return kill();
    },
    resume: () => {
      halted = false;
      clearTimeout(timer);
      start();
    },
    ready: () => readiness.promise,
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await kill('SIGTERM');
    },
  };
}
