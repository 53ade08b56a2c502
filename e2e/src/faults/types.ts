import type { Counts } from './check-counts.ts';

/** Counts of a case, and what must hold of them. */
export interface CaseResult {
  readonly counts?: Counts;
  /** More figures, for the table. */
  readonly figures?: Readonly<Record<string, number | string>>;
  /** What does not hold; empty when all is well. */
  readonly broken: readonly string[];
  /** Why the case cannot be tried on this machine. */
  readonly skipped?: string;
}

/** One fault, tried on real processes. */
export interface FaultCase {
  readonly name: string;
  readonly description: string;
  /** Minutes after which it has failed; 15 unless given. */
  readonly limitMinutes?: number;
  run(options: { readonly seed: number; readonly log: (line: string) => void }): Promise<CaseResult>;
}
