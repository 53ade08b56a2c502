import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A peer that runs, and the first line it printed, parsed. */
export interface RunningPeer {
  readonly hello: unknown;
  stop(): Promise<void>;
}

/** Start a script of this folder and wait for its first line, which is JSON. */
export async function startPeer(python: string, script: string, args: readonly string[]): Promise<RunningPeer> {
  const child = spawn(python, [join(import.meta.dirname, script), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const hello = await firstLine(child, script);
  return {
    hello: JSON.parse(hello),
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
  };
}

async function firstLine(child: ChildProcess, script: string): Promise<string> {
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors += text;
  });
  if (child.stdout === null) throw new Error('a peer has a standard output');
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  if (typeof first[0] !== 'string') throw new Error(`${script} ended before it said anything:\n${errors}`);
  return first[0];
}
