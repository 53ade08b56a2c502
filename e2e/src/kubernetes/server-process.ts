import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server of the test cluster, its words kept in a log file. */
export interface ServerProcess {
  readonly pid: number;
  /** Wait until `probe` is true; throws with the end of the log when the process ends first or time is up. */
  ready(probe: () => Promise<boolean>, timeoutMs: number): Promise<void>;
  stop(): Promise<void>;
}

/** Start a server; it dies with this process, however that ends. */
export function startServerProcess(program: string, args: readonly string[], logFile: string): ServerProcess {
  const log = createWriteStream(logFile);
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.pipe(log, { end: false });
  child.stderr.pipe(log, { end: false });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => log.end(resolve));
    child.once('error', (error) => log.end(`${error.message}\n`, resolve));
  });
  return {
    pid: child.pid ?? -1,
    ready: (probe, timeoutMs) => waitReady({ child, name: basename(program), logFile, ended }, probe, timeoutMs),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      const killer = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(killer);
    },
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly name: string;
  readonly logFile: string;
  readonly ended: Promise<void>;
}

async function waitReady({ child, name, logFile, ended }: Running, probe: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!(await probe().catch(() => false))) {
    if (over) throw new Error(`${name} ended with ${child.exitCode ?? child.signalCode}:\n${tail(logFile)}`);
    if (Date.now() > deadline) throw new Error(`${name} was not ready within ${timeoutMs} ms:\n${tail(logFile)}`);
    await sleep(50);
  }
}

const tail = (file: string): string => readFileSync(file, 'utf8').split('\n').slice(-15).join('\n');
