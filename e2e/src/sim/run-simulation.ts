import { MUTATIONS } from './mutations.ts';
import { type History, runHistory } from './run-history.ts';

type Say = (line: string) => void;

/** A mutation has to be found within so many seeds. */
const MOST_SEEDS = 200;

/** So many seeds from the first on; each that fails is said with what repeats it. Returns how many failed. */
export async function runSimulation(first: number, seeds: number, say: Say): Promise<number> {
  const sums = new Map<string, number>();
  let failed = 0;
  for (let seed = first; seed < first + seeds; seed += 1) {
    const history = await runHistory(seed);
    for (const [key, count] of Object.entries(history.counts)) sums.set(key, (sums.get(key) ?? 0) + count);
    if (history.broken.length === 0) continue;
    failed += 1;
    say(describeFailure(history));
  }
  const text = [...sums].map(([key, count]) => `${key} ${count}`).join(', ');
  say(`${failed === 0 ? 'ok  ' : 'FAIL'} simulation: ${seeds} histories from seed ${first}, ${failed} failed: ${text}`);
  return failed;
}

/** What went wrong in a history, and how to see it again. */
export const describeFailure = ({ seed, story, broken }: History): string =>
  [`seed ${seed}: ${story.join('; ')}`, ...broken.map((what) => `     ${what}`), `     repeat with --sim --seed ${seed} --seeds 1`].join(
    '\n',
  );

/** Each mutation until a history finds it. Returns how many were not found. */
export async function runMutations(say: Say): Promise<number> {
  let missed = 0;
  for (const mutation of MUTATIONS) {
    const found = await findMutation(mutation.name, MOST_SEEDS);
    if (found === undefined) missed += 1;
    say(
      found
        ? `ok   ${mutation.name} (${mutation.description}): found by seed ${found.seed}: ${found.broken[0]}`
        : `FAIL ${mutation.name} (${mutation.description}): not found by ${MOST_SEEDS} histories`,
    );
  }
  return missed;
}

/** The first history, from seed 1 on, that a mutation breaks. */
export async function findMutation(name: string, seeds: number): Promise<History | undefined> {
  const mutation = MUTATIONS.find((one) => one.name === name);
  for (let seed = 1; seed <= seeds; seed += 1) {
    const history = await runHistory(seed, mutation);
    if (history.broken.length > 0) return history;
  }
  return undefined;
}
