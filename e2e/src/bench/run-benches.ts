import type { BenchResult } from './types.ts';

/**
 * `goal missed`: between goal and gate, told but no failure. `not run`: the bench itself failed, most often for want of
 * something. `did not end`: it hung, or its process died.
 */
export type Verdict = 'ok' | 'goal missed' | 'below gate' | 'not run' | 'did not end';

/** A bench did not come to an end by itself. */
export class NotEnded extends Error {}

/** What became of a bench, or of one of its results. */
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
  readonly run: (name: string) => Promise<readonly BenchResult[]>;
  readonly log: (line: string) => void;
  /** No bench is begun any more. */
  readonly signal?: AbortSignal;
}

/** Run benches one after another; one below its gate gets a second chance, whose result counts. */
export async function runBenches({ names, run, log, signal }: BenchRun): Promise<BenchOutcome[]> {
  const outcomes: BenchOutcome[] = [];
  for (const name of names) {
    if (signal?.aborted) break;
    outcomes.push(...(await runBench(name, run, log)));
  }
  return outcomes;
}

async function runBench(name: string, run: BenchRun['run'], log: BenchRun['log']): Promise<BenchOutcome[]> {
  try {
    const first = await run(name);
    const missed = first.filter((result) => judge(result) === 'below gate');
    if (missed.length === 0) return first.map(toOutcome);
    for (const { name, ratio, gate } of missed) log(`${name}: ${ratio.toFixed(3)} misses the gate ${gate}; once more`);
    return (await run(name)).map(toOutcome);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(`${name}: NO RESULT: ${reason}`);
    return [{ name, verdict: error instanceof NotEnded ? 'did not end' : 'not run', reason }];
  }
}

const toOutcome = (result: BenchResult): BenchOutcome => ({ name: result.name, verdict: judge(result), result });

/** Hold a result against its goal and gate; a ratio that is no number is below every gate. */
export function judge({ ratio, goal, gate, higherIsBetter }: BenchResult): Verdict {
  const reaches = (mark: number): boolean => (higherIsBetter ? ratio >= mark : ratio <= mark);
  if (!reaches(gate)) return 'below gate';
  return reaches(goal) ? 'ok' : 'goal missed';
}
