/** What the readings of one tag in one bucket amount to: of its own readings only, so that a late one changes no other bucket. */
export interface Summary {
  /** When the bucket begins. */
  readonly fromUs: number;
  /** Good readings. */
  readonly n: number;
  /** Other readings. */
  readonly bad: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** First and last good reading; where `n` is 0 they mean nothing. */
  readonly first: number;
  readonly firstUs: number;
  readonly last: number;
  readonly lastUs: number;
  /** Time of the first reading where that one is not good. */
  readonly headUs: number | undefined;
  /** Time of the first reading after the last good one. */
  readonly tailUs: number | undefined;
  /** Value × milliseconds between the first reading and the last, where the value is known. */
  readonly integral: number;
  /** Milliseconds of that. */
  readonly goodMs: number;
  /** What a counter has counted from the first good reading to the last. */
  readonly increase: number;
  /** True: what was counted before the first good reading has nothing to do with it. */
  readonly discontinuity: boolean;
  /** Milliseconds of each value, of tags with states. */
  readonly durations: Durations | undefined;
}

/** Milliseconds by value. */
export type Durations = ReadonlyMap<number, number>;

/** One stored reading as history is reckoned with. */
export interface Point {
  readonly timeUs: number;
  /** Without meaning where it is not good; 0 for text. */
  readonly value: number;
  readonly good: boolean;
  /** A counter began anew before it. */
  readonly discontinuity: boolean;
}

/** A span of time, microseconds since 1970. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** How a counter counts. */
export interface CounterRules {
  /** Value at which it begins at 0 again. */
  readonly rollover?: number | undefined;
  readonly resets: 'Allowed' | 'Forbidden';
}

/** How the time between readings is reckoned. */
export interface Rules {
  readonly interpolation: 'Linear' | 'Step';
  /** Of a counter. */
  readonly counter: CounterRules | undefined;
  /** True: time is kept by value. */
  readonly states: boolean;
}

/** Rules from a time on. */
export interface RulesSince extends Rules {
  readonly sinceUs: number;
}

/** What a tag's values meant from a time on. */
export interface Meaning extends RulesSince {
  readonly kind: string;
  readonly dataType: string;
  readonly unit: string | null;
  readonly labels: Readonly<Record<string, string>> | null;
}
