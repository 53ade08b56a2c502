import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Folder of the repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Run a command in the repository; prints one line, and its output only when it fails. Returns whether it passed. */
export function runStep(title: string, command: string, args: readonly string[], cwd = ROOT): boolean {
  const started = performance.now();
  const run = spawnSync(command, args, { cwd, encoding: 'utf8', env: process.env, maxBuffer: 64 << 20 });
  const ok = run.status === 0;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(`${ok ? 'ok  ' : 'FAIL'} ${title} (${seconds} s)\n`);
  if (!ok) process.stderr.write(`${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}\n`);
  return ok;
}
