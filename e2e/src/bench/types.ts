/** What a bench measured: samples of ours and, in the same run and alternating, of its peer or floor. */
export interface BenchResult {
  readonly name: string;
  /** What we want of `ratio`. */
  readonly goal: number;
  /** Below it (above it when lower is better) the run fails: 10 % short of the goal, or what calibration found. */
  readonly gate: number;
  /** Median of ours against the median of the peer; where there is no peer, the figure itself. */
  readonly ratio: number;
  /** Unit of the samples, e.g. `polls/s`, `ns`. */
  readonly unit: string;
  /** Of `ratio` against `goal` and `gate`. */
  readonly higherIsBetter: boolean;
  readonly ours: readonly number[];
  /** Empty where the goal is a figure of its own. */
  readonly peer: readonly number[];
  /** Absolute figures and circumstances, a line each. */
  readonly notes: readonly string[];
}

/** What a bench is given. */
export interface BenchContext {
  /** Say what is being done now: told when the bench does not end in time. */
  step(what: string): void;
  /** Undo something at the end, however the bench ends; last in, first out. Call what is returned to undo it earlier. */
  defer(undo: () => Promise<void> | void): () => Promise<void>;
}

/** A comparison with a gate; a module of this folder exports it as `bench`. */
export interface Bench {
  readonly name: string;
  readonly description: string;
  /** Seconds after which it has failed; 300 unless given. */
  readonly limitS?: number;
  /** Several results where one measurement answers to several goals. */
  readonly run: (context: BenchContext) => Promise<BenchResult | readonly BenchResult[]>;
}
