import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROTO_FOLDER, runBuf } from './run-buf.ts';

/** Where `buf generate` writes below this folder (buf.gen.yaml). */
const OUTPUT = 'gen/src';

/** Generate, or compare with what is committed. Returns the exit code and says on stderr what is wrong. */
export function runGenerator({ check }: { readonly check: boolean }): number {
  if (!check) return generate([]);
  const folder = mkdtempSync(join(tmpdir(), 'kubeplant-proto-'));
  try {
    const code = generate(['--output', folder]);
    if (code !== 0) return code;
    const stale = findStale(join(folder, OUTPUT), join(PROTO_FOLDER, OUTPUT));
    for (const file of stale)
      process.stderr.write(`proto/${OUTPUT}/${file} is not what the .proto files make: run npm run generate and commit it\n`);
    return stale.length === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function generate(args: readonly string[]): number {
  const run = runBuf(['generate', ...args]);
  if (!run.ok) process.stderr.write(`buf generate failed:\n${run.output}`);
  return run.ok ? 0 : 1;
}

/** Files that differ or are missing, and committed ones below the packages' folder that nothing generates any more. */
function findStale(fresh: string, committed: string): string[] {
  const made = listFiles(fresh);
  const left = existsSync(join(committed, 'kubeplant')) ? listFiles(committed).filter((file) => file.startsWith('kubeplant')) : [];
  const differs = (file: string): boolean =>
    !existsSync(join(committed, file)) || readFileSync(join(committed, file), 'utf8') !== readFileSync(join(fresh, file), 'utf8');
  return [...made.filter(differs), ...left.filter((file) => !made.includes(file))];
}

function listFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
