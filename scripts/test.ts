/**
 * `npm test`: every level of tests, one after the other so that none starves another, and one closing line.
 * With arguments (`npm test -- --project unit crds`) it is `vitest run` with them.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { COUNTS_FILE, formatCounts, type TestCounts } from './closing-line-reporter.ts';
import { ROOT } from './run-step.ts';

/** Projects of vitest.config.ts; the quick ones first. */
const LEVELS = ['unit', 'peer', 'db', 'kube', 'plant', 'package'];

const given = process.argv.slice(2);
process.exitCode = given.length > 0 ? await runVitest(given, {}) : await runLevels();

async function runLevels(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'kubeplant-test-'));
  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines: string[] = [];
  try {
    for (const level of LEVELS) {
      const file = join(folder, `${level}.json`);
      const started = performance.now();
      const code = await runVitest(['--project', level], { [COUNTS_FILE]: file });
      const counts = readCounts(file, code);
      for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += counts[key];
      const seconds = ((performance.now() - started) / 1000).toFixed(0);
      lines.push(`${level.padEnd(8)} ${seconds.padStart(4)} s   ${formatCounts(counts)}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  console.log(`\n${lines.join('\n')}\n\n${formatCounts(total)}`);
  return total.failed === 0 ? 0 : 1;
}

/** What a level says of itself; one that ended badly without a failed test has failed as a whole. */
function readCounts(file: string, code: number): TestCounts {
  const counts: TestCounts = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { passed: 0, failed: 0, skipped: 0 };
  return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

async function runVitest(args: readonly string[], env: Readonly<Record<string, string>>): Promise<number> {
  const command = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const child = spawn(process.execPath, [command, 'run', ...args], { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } });
  const stop = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.once('SIGTERM', stop);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  process.off('SIGTERM', stop);
  if (signal !== null) process.exit(130);
  return code ?? 1;
}
