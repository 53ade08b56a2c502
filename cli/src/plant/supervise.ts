import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createBackoff } from '@kubeplant/kit';
import { identityOf } from './process-identity.ts';
import { readSince, sizeOf } from './read-since.ts';
import type { ProcessState } from './state-file.ts';
import { whyEnded } from './why-ended.ts';

/** A process that ended though nobody asked. */
export interface Crash {
  readonly name: string;
  readonly how: string;
  readonly delayMs: number | undefined;
  readonly logFile: string;
}

/** A process to keep running. */
export interface SuperviseOptions {
  readonly name: string;
  readonly title: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  /** True: a Node child of ours, which talks over IPC and ends when that closes. */
  readonly ipc: boolean;
  readonly stopSignal: NodeJS.Signals;
  readonly user?: { readonly uid: number; readonly gid: number };
  /** Called for what the child says, and when it is started anew. */
  readonly onMessage?: (message: unknown) => void;
  readonly onStart?: (process: Supervised) => void;
  /** The child ended though nobody asked; it is started again after `delayMs`, or not where that would change nothing. */
  readonly onCrash?: (crash: Crash) => void;
  readonly onChange: () => void;
}

/** A process that is started again when it ends, with growing pauses. */
export interface Supervised {
  readonly name: string;
  state(): ProcessState;
  send(message: object): void;
  /** Ask it to end; after `timeoutMs` it is killed. Resolves when it is gone. */
  stop(timeoutMs: number): Promise<void>;
}

/** After this long a process counts as healthy: the next crash is the first again. */
const HEALTHY_MS = 30_000;
/** What a child ends with when its environment does not fit: before it was ever ready, another start changes nothing. */
const WRONG_USAGE = 2;

export function supervise(options: SuperviseOptions): Supervised {
  const backoff = createBackoff({ minMs: 200, maxMs: 10_000 });
  let child: ChildProcess | undefined;
  let started: string | undefined;
  let retry: NodeJS.Timeout | undefined;
  let stopping = false;
  let restarts = 0;
  let wasReady = false;
  let state: ProcessState['state'] = 'Starting';
  let ports: Readonly<Record<string, number>> = {};
  let lastEnd: ProcessState['lastEnd'];

  const setState = (next: ProcessState['state']): void => {
    state = next;
    options.onChange();
  };

  const start = (): void => {
    const startedMs = performance.now();
    const loggedBytes = sizeOf(options.logFile);
    const mine = spawnChild(options);
    child = mine;
    started = mine.pid === undefined ? undefined : identityOf(mine.pid)?.started;
    mine.on('message', (message) => {
      if (isReady(message)) {
        ports = message.ports;
        wasReady = true;
        setState('Running');
      }
      options.onMessage?.(message);
    });
    mine.once('error', (error) => ended(`could not be started (${error.message})`, null));
    mine.once('exit', (code, signal) => {
      const why = signal === null ? whyEnded(readSince(options.logFile, loggedBytes)) : '';
      ended(signal === null ? `ended with code ${code}${why === '' ? '' : `: ${why}`}` : `was ended by ${signal}`, code);
    });
    const ended = (how: string, code: number | null): void => {
      if (child !== mine) return;
      child = undefined;
      lastEnd = { how, code };
      const hopeless = code === WRONG_USAGE && !wasReady;
      if (hopeless && !stopping) options.onCrash?.({ name: options.name, how, delayMs: undefined, logFile: options.logFile });
      if (stopping || hopeless) {
        setState('Stopped');
        return;
      }
      if (performance.now() - startedMs > HEALTHY_MS) backoff.reset();
      const delayMs = Math.round(backoff.next());
      restarts += 1;
      options.onCrash?.({ name: options.name, how, delayMs, logFile: options.logFile });
      retry = setTimeout(start, delayMs);
      setState('Waiting');
    };
    setState(options.ipc ? 'Starting' : 'Running');
    options.onStart?.(supervised);
  };

  const supervised: Supervised = {
    name: options.name,
    state: () => ({
      name: options.name,
      title: options.title,
      state,
      ...(child?.pid !== undefined && { pid: child.pid }),
      ...(child !== undefined && started !== undefined && { started }),
      restarts,
      ...(lastEnd !== undefined && { lastEnd }),
      ports,
      log: options.logFile,
    }),
    send: (message) => {
      if (child?.connected) child.send(message, () => undefined);
    },
    stop: async (timeoutMs) => {
      stopping = true;
      clearTimeout(retry);
      if (child !== undefined) await endChild(child, options.stopSignal, timeoutMs);
      setState('Stopped');
    },
  };
  start();
  return supervised;
}

/** For the message about a process that does not come up. */
export const howEnded = ({ lastEnd, log }: ProcessState): string =>
  `${lastEnd === undefined ? 'it says nothing' : `it ${lastEnd.how}`} (log: ${log})`;

function spawnChild({ command, args, env, logFile, ipc, user }: SuperviseOptions): ChildProcess {
  const log = openLog(logFile);
  const output = log ?? 'ignore';
  try {
    return spawn(command, args, {
      env,
      stdio: ['ignore', output, output, ...(ipc ? (['ipc'] as const) : [])],
      // A session of its own: Ctrl-C reaches `up` alone, which stops the others in order.
      detached: true,
      ...user,
    });
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

/** On a full disk a new file cannot be made: the process runs all the same. */
function openLog(logFile: string): number | undefined {
  try {
    return openSync(logFile, 'a', 0o600);
  } catch {
    return undefined;
  }
}

function endChild(child: ChildProcess, signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill(signal);
  });
}

const isReady = (message: unknown): message is { readonly ports: Readonly<Record<string, number>> } =>
  typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready' && 'ports' in message;
