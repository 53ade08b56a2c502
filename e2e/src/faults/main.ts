import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runMutations, runSimulation } from '../sim/run-simulation.ts';
import type { FaultCase } from './types.ts';

/** Modules by name, loaded only when asked for. */
const CASES = [
  'kill-api',
  'crash-database',
  'kill-collector',
  'damage-log',
  'backlog',
  'disk',
  'toxics',
  'field-toxics',
  'swizzle-clog',
  'database-restored',
  'clock-steps',
  'takeover',
  'hostile-device',
  'clients',
  'restart-times',
] as const;
/** Run only when named. */
const LONG = ['soak'] as const;

const HELP = `npm run test:faults -- [--seed N] [CASE…]

Real processes, killed and cut. Cases: ${CASES.join(', ')} (all of them unless named);
only when named: ${LONG.join(', ')}.
--seed N      repeat a run: the seed is printed at the start of each
--sim         the simulated plant instead, from seed 1 (or --seed) on; --seeds N: so many (1000)
--mutations   break one promise after the other: the simulated plant has to find each
KUBEPLANT_FAULT_ROUNDS   more kills and crashes than the default of each case
KUBEPLANT_FAULT_RATE     readings a second of the soak
`;

async function load(name: string): Promise<FaultCase> {
  // A module named at run time has no type; each of the table exports `faultCase`.
  return ((await import(`./cases/${name}.ts`)) as { readonly faultCase: FaultCase }).faultCase;
}

interface Asked {
  readonly kind: 'cases' | 'sim' | 'mutations';
  readonly names: readonly string[];
  readonly seed: number | undefined;
  readonly seeds: number;
}

function parse(args: readonly string[]): Asked | undefined {
  const options = {
    seed: { type: 'string' },
    seeds: { type: 'string' },
    sim: { type: 'boolean' },
    mutations: { type: 'boolean' },
  } as const;
  try {
    const { values, positionals: names } = parseArgs({ args: [...args], options, allowPositionals: true });
    const seed = values.seed === undefined ? undefined : Number(values.seed);
    const seeds = Number(values.seeds ?? 1000);
    if (![seed ?? 0, seeds].every(Number.isInteger) || !names.every((name) => [...CASES, ...LONG].some((known) => known === name)))
      return undefined;
    const kind = values.mutations ? 'mutations' : values.sim ? 'sim' : 'cases';
    return { kind, names: names.length > 0 ? names : CASES, seed, seeds };
  } catch {
    return undefined; // an option that there is not
  }
}

/** A case may take so long that names no limit. */
const LIMIT_MINUTES = 15;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

type Outcome = 'passed' | 'failed' | 'skipped';

async function runCase(name: string, seed: number): Promise<Outcome> {
  const fault = await load(name);
  say(`${name} (seed ${seed}): ${fault.description}`);
  const beganMs = Date.now();
  const minutes = fault.limitMinutes ?? LIMIT_MINUTES;
  // Its processes end with this one; its temporary folders stay, to be looked at.
  const limit = setTimeout(() => {
    process.stdout.write(`FAIL ${name}: did not end within ${minutes} minutes; repeat with --seed ${seed} ${name}\n`);
    process.exit(1);
  }, minutes * 60_000);
  const { counts, figures, broken, skipped } = await fault
    .run({ seed, log: (line) => say(`  ${line}`) })
    .finally(() => clearTimeout(limit));
  if (skipped !== undefined) {
    process.stdout.write(`SKIP ${name}: ${skipped}\n`);
    return 'skipped';
  }
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
  return broken.length === 0 ? 'passed' : 'failed';
}

/** Processes run as users run them: from the bundles. */
const build = (): void => {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../../scripts/build.ts', import.meta.url)), '--if-changed'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

async function runCases(names: readonly string[], seed: number): Promise<number> {
  build();
  const outcomes: Record<Outcome, number> = { passed: 0, failed: 0, skipped: 0 };
  for (const name of names) {
    try {
      outcomes[await runCase(name, seed)] += 1;
    } catch (error) {
      outcomes.failed += 1;
      process.stdout.write(`FAIL ${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    }
  }
  const { passed, failed, skipped } = outcomes;
  process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  return failed;
}

const asked = parse(process.argv.slice(2));
if (asked === undefined) {
  say(HELP);
  process.exit(process.argv.includes('--help') ? 0 : 2);
}
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const { kind, names, seed, seeds } = asked;
const failed =
  kind === 'sim'
    ? await runSimulation(seed ?? 1, seeds, tell)
    : kind === 'mutations'
      ? await runMutations(tell)
      : await runCases(names, seed ?? Date.now() % 1_000_000);
process.exit(failed === 0 ? 0 : 1);
