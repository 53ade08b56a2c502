import type { Bench, BenchResult } from './types.ts';

/** `goal missed`: between goal and gate, told but no failure. `not run`: the bench itself failed. */
export type Verdict = 'ok' | 'goal missed' | 'below gate' | 'not run';

/** What became of a bench. */
export interface BenchOutcome {
  readonly name: string;
  readonly verdict: Verdict;
  readonly result?: BenchResult;
  /** Why it did not run. */
  readonly reason?: string;
}

/** What to run, and with what. */
export interface BenchRun {
  readonly names: readonly string[];
  readonly load: (name: string) => Promise<Bench>;
  readonly log: (line: string) => void;
}

/** Run benches one after another; one below its gate gets a second chance, whose result counts. */
export async function runBenches({ names, load, log }: BenchRun): Promise<BenchOutcome[]> {
  const outcomes: BenchOutcome[] = [];
  for (const name of names) outcomes.push(await runBench(name, load, log));
  return outcomes;
}

async function runBench(name: string, load: BenchRun['load'], log: BenchRun['log']): Promise<BenchOutcome> {
  try {
    const bench = await load(name);
    log(`${name}: ${bench.description}`);
    const first = await bench.run();
    if (judge(first) !== 'below gate') return { name, verdict: judge(first), result: first };
    log(`${name}: ${first.ratio.toFixed(3)} misses the gate ${first.gate}; once more`);
    const second = await bench.run();
    return { name, verdict: judge(second), result: second };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(`${name}: NOT RUN: ${reason}`);
    return { name, verdict: 'not run', reason };
  }
}

/** Hold a result against its goal and gate; a ratio that is no number is below every gate. */
export function judge({ ratio, goal, gate, higherIsBetter }: BenchResult): Verdict {
  const reaches = (mark: number): boolean => (higherIsBetter ? ratio >= mark : ratio <= mark);
  if (!reaches(gate)) return 'below gate';
  return reaches(goal) ? 'ok' : 'goal missed';
}
