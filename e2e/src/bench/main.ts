import { formatResults } from './format-results.ts';
import { runBenches, type Verdict } from './run-benches.ts';
import { runInProcess } from './run-in-process.ts';

/** Modules of this folder, each run in a process of its own: what one lacks or leaves behind must not touch the others. */
const BENCHES = [
  'alarm',
  'segment-log',
  'modbus-polls',
  'store',
  'at-rest',
  'whole-path',
  'up',
  'saved',
  'footprint',
  'operator',
  'history',
] as const;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const args = process.argv.slice(2);
const names = args.filter((arg) => !arg.startsWith('-'));
const unknown = [
  ...names.filter((name) => !(BENCHES as readonly string[]).includes(name)),
  ...args.filter((arg) => arg.startsWith('-') && arg !== '--json'),
];

if (unknown.length > 0) {
  process.stderr.write(`unknown: ${unknown.join(', ')}; benches are ${BENCHES.join(', ')}; the only option is --json\n`);
  process.exitCode = 2;
} else {
  const asked = names.length > 0;
  const log = (line: string): boolean => process.stderr.write(`${line}\n`);
  const stop = new AbortController();
  for (const [signal, code] of Object.entries(EXIT_CODES)) {
    process.once(signal, () => {
      process.exitCode = code;
      stop.abort();
    });
  }
  const run = (name: string) => runInProcess(name, { log, signal: stop.signal });
  const outcomes = await runBenches({ names: asked ? names : BENCHES, run, log, signal: stop.signal });
  if (stop.signal.aborted) process.exit();
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(outcomes)}\n` : formatResults(outcomes));
  // Where a prerequisite is missing a bench is left out, loudly; not when it was asked for, nor in continuous integration.
  const mustRun = asked || process.env.CI !== undefined;
  const isFailure = (verdict: Verdict): boolean =>
    verdict === 'below gate' || verdict === 'did not end' || (verdict === 'not run' && mustRun);
  const failed = outcomes.some(({ verdict }) => isFailure(verdict));
  process.exit(failed ? 1 : 0);
}
