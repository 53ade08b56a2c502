import { type ChildProcess, fork } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BenchMessage } from './bench-process.ts';
import { NotEnded } from './run-benches.ts';
import type { BenchResult } from './types.ts';

/** Seconds a bench may take that names no limit of its own. */
const LIMIT_S = 300;
/** How long it may take to undo what it began before all of its processes are killed. */
const GRACE_MS = 30_000;

/** How a bench is run in a process of its own. */
export interface ProcessRun {
  readonly log: (line: string) => void;
  /** The bench is ended, its processes and files with it. */
  readonly signal: AbortSignal;
  /** Seconds for a bench that names no limit. */
  readonly limitS?: number;
  readonly graceMs?: number;
  /** What runs the bench; bench-process.ts unless given. */
  readonly program?: URL;
}

/**
 * Run a bench in a process of its own: a group that is killed with all it began, and a folder for temporary files that is
 * removed. Rejects when it fails, when it is aborted, and when it does not end in time: then with what it was doing.
 */
export async function runInProcess(name: string, options: ProcessRun): Promise<readonly BenchResult[]> {
  const { signal, program = new URL('./bench-process.ts', import.meta.url), graceMs = GRACE_MS } = options;
  signal.throwIfAborted();
  const folder = mkdtempSync(join(tmpdir(), `kp-bench-${name}-`));
  chmodSync(folder, 0o755); // PostgreSQL runs as another user
  const child = fork(program, [name], { detached: true, env: { ...process.env, TMPDIR: folder } });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  try {
    return await outcomeOf(child, name, options);
  } finally {
    if (child.exitCode === null) child.kill('SIGTERM');
    const waiting = new AbortController();
    await Promise.race([exited, sleep(graceMs, undefined, { signal: waiting.signal })]);
    waiting.abort();
    killGroup(child.pid);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** What the bench tells until it has ended, one way or another. */
function outcomeOf(child: ChildProcess, name: string, { log, signal, limitS = LIMIT_S }: ProcessRun): Promise<readonly BenchResult[]> {
  return new Promise((resolve, reject) => {
    let doing = 'loading';
    let timer: NodeJS.Timeout | undefined;
    const limit = (seconds: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => reject(new NotEnded(`did not end within ${seconds} s; it was ${doing}`)), seconds * 1000);
    };
    const aborted = (): void => reject(new NotEnded(`ended by a signal; it was ${doing}`));
    signal.addEventListener('abort', aborted);
    limit(limitS);
    child.on('message', (message: BenchMessage) => {
      if (message.kind === 'begun') {
        doing = 'running';
        log(`${name}: ${message.description}`);
        if (message.limitS !== undefined) limit(message.limitS);
      } else if (message.kind === 'step') doing = message.what;
      else if (message.kind === 'ended') resolve(message.results);
      else reject(new Error(message.reason));
    });
    child.once('exit', (code, by) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      reject(new NotEnded(`its process ended with ${by ?? code}; it was ${doing}`)); // ignored when it had told its outcome
    });
  });
}

/** Whatever the bench began in its group and did not end. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left, as it should be.
  }
}
