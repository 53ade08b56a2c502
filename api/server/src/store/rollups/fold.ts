import { addDuration, addPoint, addSummary, type Bucket, createBucket } from './bucket.ts';
import { countIncrease } from './count-increase.ts';
import type { Grid } from './grid.ts';
import { createSpanFinder } from './observed-time.ts';
import type { Point, Rules, RulesSince, Span, Summary } from './summary.ts';

/** How readings are summed up. */
export interface FoldOptions {
  readonly grid: Grid;
  /** Confirmed time, as `toObservedTime` gives it. */
  readonly observed: readonly Span[];
  /** Ascending; the first holds from the beginning. */
  readonly rules: readonly RulesSince[];
  /** True: the time between readings of two buckets counts in both; false: a bucket is of its own readings only. */
  readonly crossing: boolean;
  /** Buckets outside are not given, though readings there may hold into it. */
  readonly range: Span;
  readonly emit: (bucket: Bucket) => void;
  /** How the value at the beginning of a bucket is found; absent: as the rules say. */
  readonly startAs?: Rules['interpolation'] | undefined;
  /** True: no more buckets are wanted. */
  readonly full?: () => boolean;
}

/** Readings, or summaries of them, of one tag in order of time become buckets. */
export interface Fold {
  point(point: Point): void;
  /** A summary whose time lies in one bucket of the grid. */
  summary(summary: Summary): void;
  /** The last reading has been given: the value holds as far as it is confirmed. */
  end(): void;
}

interface Held {
  readonly timeUs: number;
  readonly value: number;
}

export function createFold({ grid, observed, rules, crossing, range, emit, startAs, full = () => false }: FoldOptions): Fold {
  const spanAt = createSpanFinder(observed);
  const states = rules.some((one) => one.states);
  let open: Bucket | undefined;
  let held: Held | undefined;
  let counted: Held | undefined;
  let ruleAt = 0;

  const close = (): void => {
    if (open !== undefined && (open.n > 0 || open.bad > 0 || open.goodMs > 0)) emit(open);
    open = undefined;
  };
  const bucketAt = (timeUs: number): Bucket => {
    if (open !== undefined && timeUs < open.toUs) return open;
    close();
    open = createBucket(grid.at(timeUs), states);
    return open;
  };
  const ruleOf = (timeUs: number): Rules => {
    while ((rules[ruleAt + 1]?.sinceUs ?? Number.POSITIVE_INFINITY) <= timeUs) ruleAt += 1;
    return rules[ruleAt] ?? STEP;
  };

  /** The value holds, or goes over, from the last reading to `untilUs`. */
  const pass = (untilUs: number, next: number | undefined): void => {
    if (held === undefined || !(crossing || (open !== undefined && untilUs < open.toUs))) return;
    const span = spanAt(held.timeUs);
    const { timeUs, value } = held;
    const rule = ruleOf(timeUs);
    if (span === undefined) return;
    const slopeAs = (kind: Rules['interpolation']): number =>
      kind === 'Linear' && next !== undefined && untilUs <= span.toUs ? (next - value) / (untilUs - timeUs) : 0;
    const slope = slopeAs(rule.interpolation);
    const startSlope = startAs === undefined ? slope : slopeAs(startAs);
    const fromUs = Math.max(timeUs, span.fromUs, range.fromUs);
    const toUs = Math.min(untilUs, span.toUs, range.toUs);
    for (let at = fromUs; at < toUs && !full(); ) {
      const bucket = bucketAt(at);
      const end = Math.min(bucket.toUs, toUs);
      const valueAt = value + slope * (at - timeUs);
      const ms = (end - at) / 1000;
      if (at === bucket.fromUs) bucket.start ??= value + startSlope * (at - timeUs);
      bucket.integral += (valueAt + (slope * (end - at)) / 2) * ms;
      bucket.goodMs += ms;
      if (rule.states) addDuration(bucket, value, ms);
      at = end;
    }
  };
  const count = (bucket: Bucket, value: number, timeUs: number, discontinuity: boolean): void => {
    const { counter } = ruleOf(timeUs);
    if (counter === undefined || counted === undefined || discontinuity) return;
    if (crossing || counted.timeUs >= bucket.fromUs) bucket.increase += countIncrease(counted.value, value, counter);
  };

  return {
    point: (point) => {
      const { timeUs, value, good } = point;
      pass(timeUs, good ? value : undefined);
      if (timeUs >= range.fromUs && timeUs < range.toUs) {
        const bucket = bucketAt(timeUs);
        if (good) count(bucket, value, timeUs, point.discontinuity);
        if (good && bucket.n === 0 && timeUs === bucket.fromUs) bucket.start = value;
        addPoint(bucket, point);
      }
      held = good ? { timeUs, value } : undefined;
      if (good) counted = held;
    },
    summary: (summary) => {
      const { n, first, firstUs, headUs, last, lastUs, tailUs } = summary;
      pass(headUs ?? firstUs, headUs === undefined ? first : undefined);
      const bucket = bucketAt(summary.fromUs);
      if (n > 0) count(bucket, first, firstUs, summary.discontinuity);
      if (n > 0 && firstUs === bucket.fromUs) bucket.start = first;
      addSummary(bucket, summary);
      held = n > 0 && tailUs === undefined ? { timeUs: lastUs, value: last } : undefined;
      if (n > 0) counted = { timeUs: lastUs, value: last };
    },
    end: () => {
      if (crossing) pass(range.toUs, undefined);
      close();
    },
  };
}

const STEP: Rules = { interpolation: 'Step', counter: undefined, states: false };
