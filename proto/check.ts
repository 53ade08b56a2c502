/**
 * Lint the .proto files, refuse changes that break the wire against the committed baseline, and see that the generated
 * code is current. `--accept` makes the present state the baseline (after a release).
 */
import { runBuf } from './run-buf.ts';
import { runGenerator } from './run-generator.ts';

const BASELINE = 'baseline.binpb';

if (process.argv.includes('--accept')) {
  report('baseline written', runBuf(['build', '--exclude-source-info', '-o', BASELINE]), 'the .proto files do not build');
} else {
  report('lint', runBuf(['lint']), 'change the .proto files as buf says');
  report(
    'wire compatibility',
    runBuf(['breaking', '--against', BASELINE]),
    'a collector and an api of different versions would misunderstand each other: add a field instead, and reserve what is removed',
  );
  if (runGenerator({ check: true }) !== 0) process.exitCode = 1;
}

function report(title: string, { ok, output }: { readonly ok: boolean; readonly output: string }, fix: string): void {
  if (ok) return;
  process.stderr.write(`${title} failed: ${fix}\n${output}`);
  process.exitCode = 1;
}
