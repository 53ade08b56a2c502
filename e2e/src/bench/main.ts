import { parseArgs } from 'node:util';
import { formatResults } from './format-results.ts';
import { runBenches, type Verdict } from './run-benches.ts';
import { runInProcess } from './run-in-process.ts';
import type { Bench } from './types.ts';

/** Modules of this folder, each run in a process of its own: what one lacks or leaves behind must not touch the others. */
const BENCHES = [
  'alarm',
  'encode',
  'segment-log',
  'modbus-polls',
  'store',
  'at-rest',
  'whole-path',
  'drain',
  'export',
  'fan-out',
  'history',
  'up',
  'saved',
  'screen',
  'restart',
  'standby',
  'collector',
  'footprint',
  'operator',
  'leader',
  'apply',
  'reconcile',
] as const;
const USAGE = `usage: npm run bench -- [NAME…] [--json] [--list] [--help]

Without names all of them; --list says which there are. Exits with 1 when one is below its gate, with 2 on wrong usage.
docs/benchmarks.md says what is compared, and what is needed for it.
`;
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;

const { values: flags, positionals: names } = readArguments();
if (flags.help) process.stdout.write(USAGE);
else if (flags.list) await list();
else await run();

function readArguments() {
  const options = { json: { type: 'boolean' }, list: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
  try {
    const parsed = parseArgs({ options, allowPositionals: true });
    const unknown = parsed.positionals.filter((name) => !(BENCHES as readonly string[]).includes(name));
    if (unknown.length > 0) throw new Error(`unknown: ${unknown.join(', ')}; benches are ${BENCHES.join(', ')}`);
    return parsed;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}

async function list(): Promise<void> {
  for (const name of BENCHES) {
    const { bench } = (await import(`./${name}.ts`)) as { readonly bench: Bench }; // each exports it
    process.stdout.write(`${name.padEnd(14)}${bench.description}\n`);
  }
}

async function run(): Promise<void> {
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
  process.stdout.write(flags.json ? `${JSON.stringify(outcomes)}\n` : formatResults(outcomes));
  // Where a prerequisite is missing a bench is left out, loudly; not when it was asked for, nor in continuous integration.
  const mustRun = asked || process.env.CI !== undefined;
  const isFailure = (verdict: Verdict): boolean =>
    verdict === 'below gate' || verdict === 'did not end' || (verdict === 'not run' && mustRun);
  process.exit(outcomes.some(({ verdict }) => isFailure(verdict)) ? 1 : 0);
}
