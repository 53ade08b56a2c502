import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** This folder. */
export const PROTO_FOLDER = fileURLToPath(new URL('.', import.meta.url));

const bin = fileURLToPath(new URL('../node_modules/.bin', import.meta.url));

/** Run `buf` in this folder, offline; returns its output and whether it passed. */
export function runBuf(args: readonly string[]): { readonly ok: boolean; readonly output: string } {
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` };
  const run = spawnSync('buf', args, { cwd: PROTO_FOLDER, encoding: 'utf8', env });
  return { ok: run.status === 0, output: `${run.stdout ?? ''}${run.stderr ?? ''}${run.error?.message ?? ''}` };
}
