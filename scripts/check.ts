/** `npm run check`: format, lint, imports, types, dead code, wire compatibility, generated files, file length. */
import { findLongFiles } from './check-file-length.ts';
import { GENERATORS } from './generators.ts';
import { runStep } from './run-step.ts';

const results = [
  runStep('format, lint, import direction and cycles', 'biome', ['check', '--error-on-warnings']),
  runStep('types', 'tsc', ['-p', 'tsconfig.json']),
  runStep('types of the console', 'tsc', ['-p', 'console/tsconfig.json']),
  runStep('dead code', 'knip', []),
  runStep('wire formats: lint and compatibility', process.execPath, ['proto/check.ts']),
  ...GENERATORS.map(({ title, script }) => runStep(`current: ${title}`, process.execPath, [script, '--check'])),
];

const long = findLongFiles();
process.stderr.write(`${long.length === 0 ? 'ok  ' : 'FAIL'} file length\n`);
for (const line of long) process.stderr.write(`  ${line}\n`);

process.exitCode = results.every(Boolean) && long.length === 0 ? 0 : 1;
