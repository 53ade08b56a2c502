import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const main = fileURLToPath(new URL('../main.ts', import.meta.url));
/** Without files that could be offered too. */
const empty = mkdtempSync(join(tmpdir(), 'kp-completion-'));
afterAll(() => rmSync(empty, { recursive: true }));
let script: string;
beforeAll(async () => {
  script = (await run(process.execPath, [main, 'completion', 'bash'])).stdout;
});

/** What bash offers when the cursor is behind the last of these words. */
async function complete(...words: readonly string[]): Promise<string[]> {
  const quoted = ['kubeplant', ...words].map((word) => `'${word}'`).join(' ');
  const tail = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _kubeplant; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['--norc', '-c', `${script}\n${tail}`], { cwd: empty });
  return stdout.split('\n').filter((line) => line !== '');
}

it.each([
  [['sta'], ['status']],
  [['get', 'dev'], ['devices']],
  [['get', '--name'], ['--namespace']],
  [
    ['get', '--output', ''],
    ['table', 'wide', 'json', 'yaml', 'csv'],
  ],
  [['completion', 'f'], ['fish']],
  [
    ['migrate-storage', '--to', ''],
    ['hypertables', 'partitions'],
  ],
])('bash completes %j', async (words, offered) => {
  expect(await complete(...words)).toEqual(offered);
});
