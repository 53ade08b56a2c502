import { formatResults } from './format-results.ts';
import { runBenches } from './run-benches.ts';
import type { Bench } from './types.ts';

/** Modules by name, loaded only when asked for: what one lacks must not stop the others. */
const BENCHES = ['alarm', 'modbus-polls', 'store', 'whole-path', 'up', 'saved', 'footprint', 'operator'] as const;

async function load(name: string): Promise<Bench> {
  // A module named at run time has no type; each of the table exports `bench`.
  const module = (await import(`./${name}.ts`)) as { readonly bench: Bench };
  return module.bench;
}

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
  const outcomes = await runBenches({ names: asked ? names : BENCHES, load, log: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(args.includes('--json') ? `${JSON.stringify(outcomes)}\n` : formatResults(outcomes));
  // Where a prerequisite is missing a bench is left out, loudly; not when it was asked for, nor in continuous integration.
  const mustRun = asked || process.env.CI !== undefined;
  const failed = outcomes.some(({ verdict }) => verdict === 'below gate' || (verdict === 'not run' && mustRun));
  process.exit(failed ? 1 : 0);
}
