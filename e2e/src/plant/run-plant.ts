import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COMMAND = fileURLToPath(new URL('../../../cli/src/main.ts', import.meta.url));

/** A line of `up --json`. */
export interface PlantEvent {
  readonly event: 'step' | 'problem' | 'notice' | 'ready';
  readonly url?: string;
  readonly message?: string;
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A process as `status --json` lists it. */
export interface ListedProcess {
  readonly name: string;
  readonly title: string;
  readonly pid?: number;
  readonly restarts?: number;
  readonly state?: string;
}

/** A plant run by the command itself, as a user would. */
export interface RunningPlant {
  readonly url: string;
  readonly data: string;
  readonly child: ChildProcess;
  readonly events: readonly PlantEvent[];
  /** Milliseconds from the start of the process to its `ready`. */
  readonly readyMs: number;
  processes(): ListedProcess[];
  /** Id of the process of that name, or whose name ends so. */
  pid(name: string): number;
  get<T>(path: string): Promise<T>;
  databaseUrl(): string;
  /** Delete the data, the database's wherever it lies, once the plant has ended. */
  reset(): void;
  /** Send a signal and wait for the end. */
  stop(signal?: NodeJS.Signals): Promise<{ readonly code: number | null; readonly ms: number }>;
}

/** Start `kubeplant up`; rejects with what it said when it ends before it is ready. */
export async function runPlant(options: {
  readonly paths: readonly string[];
  readonly data: string;
  readonly cwd?: string;
  /** File to run; the source unless given. */
  readonly command?: string;
}): Promise<RunningPlant> {
  const startMs = Date.now();
  const command = options.command ?? COMMAND;
  const args = [command, 'up', ...options.paths, '--simulate', '--json', '--port', '0', '--data', options.data];
  const child = spawn(process.execPath, args, { cwd: options.cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const events: PlantEvent[] = [];
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event: PlantEvent = JSON.parse(line);
      events.push(event);
      if (event.event === 'ready') resolve(event.url ?? '');
    });
    child.once('exit', (code) => reject(new Error(`up ended with ${code}: ${said}`)));
  });
  const readyMs = Date.now() - startMs;
  const processes = (): ListedProcess[] => {
    const text = execFileSync(process.execPath, [command, 'status', '--json', '--data', options.data], { encoding: 'utf8' });
    return JSON.parse(text).processes;
  };
  return {
    url,
    data: options.data,
    child,
    events,
    readyMs,
    processes,
    pid: (name) => {
      const found = processes().find((candidate) => candidate.name === name || candidate.title.startsWith(name));
      if (found?.pid === undefined) throw new Error(`there is no process ${name}`);
      return found.pid;
    },
    get: async <T>(path: string): Promise<T> => {
      const token = readFileSync(join(options.data, 'cli-token'), 'utf8').trim();
      const response = await fetch(`${url}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
      if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
      return (await response.json()) as T;
    },
    databaseUrl: () => readFileSync(join(options.data, 'keys/database-url'), 'utf8'),
    reset: () => void execFileSync(process.execPath, [command, 'reset', '--yes', '--data', options.data], { stdio: 'ignore' }),
    stop: async (signal = 'SIGINT') => {
      const begunMs = Date.now();
      if (child.exitCode !== null || child.signalCode !== null) return { code: child.exitCode, ms: 0 };
      const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
      child.kill(signal);
      return { code: await exit, ms: Date.now() - begunMs };
    },
  };
}

/** Check again and again until the condition holds; fails with the last reason. */
export async function until<T>(what: string, check: () => Promise<T | undefined> | T | undefined, timeoutMs = 20_000): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const result = await check();
      if (result !== undefined && result !== false) return result;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`waited ${timeoutMs} ms for: ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** True while the process is there and not a zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
