import type { FaultCase } from './types.ts';

/** Modules by name, loaded only when asked for. */
const CASES = ['kill-api', 'crash-database', 'kill-collector', 'toxics', 'field-toxics', 'swizzle-clog'] as const;

const HELP = `npm run test:faults -- [--seed N] [CASE…]

Real processes, killed and cut. Cases: ${CASES.join(', ')} (all of them unless named).
--seed N   repeat a run: the seed is printed at the start of each
KUBEPLANT_FAULT_ROUNDS   more kills and crashes than the default of each case
`;

async function load(name: string): Promise<FaultCase> {
  // A module named at run time has no type; each of the table exports `faultCase`.
  return ((await import(`./cases/${name}.ts`)) as { readonly faultCase: FaultCase }).faultCase;
}

function parse(args: readonly string[]): { readonly names: readonly string[]; readonly seed: number } | undefined {
  const at = args.indexOf('--seed');
  const seed = at < 0 ? Date.now() % 1_000_000 : Number(args[at + 1]);
  const names = args.filter((_, index) => at < 0 || (index !== at && index !== at + 1));
  if (!Number.isInteger(seed) || names.some((name) => !(CASES as readonly string[]).includes(name))) return undefined;
  return { names: names.length > 0 ? names : CASES, seed };
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function runCase(name: string, seed: number): Promise<boolean> {
  const fault = await load(name);
  say(`${name} (seed ${seed}): ${fault.description}`);
  const beganMs = Date.now();
  const { counts, figures, broken } = await fault.run({ seed, log: (line) => say(`  ${line}`) });
  const numbers = counts && {
    served: counts.served,
    stored: counts.stored,
    lost: counts.lost,
    double: counts.doubles,
    wrong: counts.wrong,
  };
  const text = Object.entries({ ...numbers, ...figures }).map(([key, value]) => `${key} ${value}`);
  process.stdout.write(
    `${broken.length === 0 ? 'ok  ' : 'FAIL'} ${name}: ${text.join(', ')} (${Math.round((Date.now() - beganMs) / 1000)} s)\n`,
  );
  for (const what of broken) process.stdout.write(`     ${what}; repeat with --seed ${seed} ${name}\n`);
  return broken.length === 0;
}

const asked = parse(process.argv.slice(2));
if (asked === undefined) {
  say(HELP);
  process.exit(process.argv.includes('--help') ? 0 : 2);
}
let failed = 0;
for (const name of asked.names) {
  try {
    if (!(await runCase(name, asked.seed))) failed += 1;
  } catch (error) {
    failed += 1;
    process.stdout.write(`FAIL ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
  }
}
process.stdout.write(`${asked.names.length - failed} passed, ${failed} failed, 0 skipped\n`);
process.exit(failed === 0 ? 0 : 1);
