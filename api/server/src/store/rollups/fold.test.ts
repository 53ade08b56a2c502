import { describe, expect, it } from 'vitest';
import type { Bucket } from './bucket.ts';
import { createFold } from './fold.ts';
import { fixedGrid } from './grid.ts';
import { toObservedTime } from './observed-time.ts';
import type { Point, Rules, RulesSince, Span } from './summary.ts';

const S = 1_000_000;
const LINE: Rules = { interpolation: 'Linear', counter: undefined, states: false };
const STEP: Rules = { interpolation: 'Step', counter: undefined, states: true };

const good = (second: number, value: number): Point => ({ timeUs: second * S, value, good: true, discontinuity: false });
const bad = (second: number): Point => ({ timeUs: second * S, value: 0, good: false, discontinuity: false });

interface Case {
  readonly points: readonly Point[];
  readonly spans?: readonly (readonly [number, number])[];
  readonly rules?: Rules | readonly RulesSince[];
  readonly from?: number;
  readonly to?: number;
  readonly length?: number;
  readonly crossing?: boolean;
  readonly breaks?: readonly number[];
}

function foldOf({
  points,
  spans = [[0, 1000]],
  rules = LINE,
  from = 0,
  to = 100,
  length = 10,
  crossing = true,
  breaks = [],
}: Case): Bucket[] {
  const buckets: Bucket[] = [];
  const observed = toObservedTime(
    spans.map(([fromS, toS]) => ({ fromUs: fromS * S, toUs: toS * S })),
    breaks.map((second) => second * S),
  );
  const fold = createFold({
    grid: fixedGrid(length * S),
    observed,
    rules: 'interpolation' in rules ? [{ ...rules, sinceUs: 0 }] : rules,
    crossing,
    range: { fromUs: from * S, toUs: to * S },
    emit: (bucket) => buckets.push(bucket),
  });
  for (const point of points) fold.point(point);
  fold.end();
  return buckets;
}

const averages = (one: Case): (number | undefined)[] =>
  foldOf(one).map(({ integral, goodMs }) => (goodMs > 0 ? integral / goodMs : undefined));
const seconds = (one: Case): number[] => foldOf(one).map(({ goodMs }) => goodMs / 1000);

describe('the time between readings', () => {
  it('is crossed on a line by an analog value, and held by a state', () => {
    const points = [good(0, 0), good(20, 20)];
    expect(averages({ points, to: 30 })).toEqual([5, 15, 20]);
    expect(averages({ points, to: 30, rules: STEP })).toEqual([0, 0, 20]);
  });

  it('counts each value for as long as it held', () => {
    const points = [good(0, 100), good(9, 0)];
    expect(averages({ points, to: 10, rules: STEP })).toEqual([90]);
  });

  it('ends where the device is lost: a gap has no value', () => {
    const points = [good(0, 1), good(50, 3)];
    expect(seconds({ points, spans: [[0, 12], [50, 60]], to: 60 })).toEqual([10, 2, 10]); // biome-ignore format: one case
    expect(averages({ points, spans: [[0, 12], [50, 60]], to: 60 })).toEqual([1, 1, 3]); // biome-ignore format: one case
  });

  it('does not begin again after a gap before a new reading has come', () => {
    const points = [good(0, 1), good(35, 3)];
    expect(seconds({ points, spans: [[0, 10], [20, 60]], to: 60 })).toEqual([10, 5, 10, 10]); // biome-ignore format: one case
  });

  it('is not parted where one process hands over to the next', () => {
    expect(seconds({ points: [good(0, 1)], spans: [[0, 12], [12.4, 30]], to: 30 })).toEqual([10, 10, 10]); // biome-ignore format: one case
  });

  it('counts from the first poll that has ended, for what that poll has read', () => {
    expect(seconds({ points: [good(1, 7)], spans: [[3, 10]], to: 10 })).toEqual([7]);
  });

  it('ends at a reading that is not good and begins with the next good one', () => {
    const points = [good(0, 4), bad(5), good(8, 6)];
    const [bucket] = foldOf({ points, to: 10 });
    expect(bucket).toMatchObject({ n: 2, bad: 1, goodMs: 7000, integral: 4 * 5000 + 6 * 2000 });
  });

  it('is parted where the unit changes: no line leads from litres to cubic metres', () => {
    const points = [good(0, 1000), good(20, 1)];
    expect(averages({ points, to: 30, breaks: [10] })).toEqual([1000, 1]);
  });

  it('counts in the bucket only where both readings are of it, for sums that are kept', () => {
    const points = [good(0, 1), good(4, 3), good(12, 5), bad(15), good(19, 7)];
    const buckets = foldOf({ points, to: 20, crossing: false });
    expect(buckets.map(({ integral, goodMs }) => [integral, goodMs])).toEqual([[8000, 4000], [15_000, 3000]]); // biome-ignore format: pairs
  });

  it('is held into a range from a reading before it, and leads to one after it', () => {
    expect(averages({ points: [good(0, 0), good(40, 40)], from: 10, to: 20 })).toEqual([15]);
  });

  it('gives the value at the beginning of each bucket', () => {
    expect(foldOf({ points: [good(5, 5), good(25, 25)], to: 30 }).map(({ start }) => start)).toEqual([undefined, 10, 20]);
  });
});

describe('states', () => {
  it('are kept by how long they held', () => {
    const [bucket] = foldOf({ points: [good(0, 0), good(3, 1), good(4, 0), bad(9)], to: 10, rules: STEP });
    expect(bucket?.durations).toEqual(new Map([[0, 8000], [1, 1000]])); // biome-ignore format: pairs
  });
});

describe('counters', () => {
  const rules: Rules = { interpolation: 'Linear', counter: { rollover: 100, resets: 'Forbidden' }, states: false };

  it('count over bad readings, gaps and rollovers, in the bucket of the later reading', () => {
    const points = [good(0, 90), bad(2), good(5, 98), good(15, 6), good(45, 16)];
    const buckets = foldOf({ points, rules, spans: [[0, 20], [44, 50]], to: 50 }); // biome-ignore format: one case
    expect(buckets.map(({ increase }) => increase)).toEqual([8, 8, 10]);
  });

  it('count nothing where the device says it began anew', () => {
    const points = [good(0, 90), { ...good(5, 3), discontinuity: true }, good(6, 5)];
    expect(foldOf({ points, rules, to: 10 })[0]?.increase).toBe(2);
  });

  it('count from the reading before the range', () => {
    expect(foldOf({ points: [good(1, 10), good(12, 14)], rules, from: 10, to: 20 })[0]?.increase).toBe(4);
  });
});

describe('sums of sums', () => {
  it('are the same as sums of the readings, whatever comes', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const one = randomCase(seed);
      const whole = foldOf({ ...one, length: 300, to: 3600 });
      const small = foldOf({ ...one, length: 60, to: 3600, crossing: false });
      const buckets: Bucket[] = [];
      const fold = createFold({
        ...{ grid: fixedGrid(300 * S), observed: toObservedTime(spansOf(one)), rules: one.rules, crossing: true },
        range: { fromUs: 0, toUs: 3600 * S },
        emit: (bucket) => buckets.push(bucket),
      });
      for (const summary of small) fold.summary(summary);
      fold.end();
      expect(buckets.map(rounded), `seed ${seed}`).toEqual(whole.map(rounded));
    }
  });
});

type RandomCase = Required<Pick<Case, 'points' | 'spans'>> & { readonly rules: readonly RulesSince[] };

const spansOf = ({ spans }: RandomCase): Span[] => spans.map(([from, to]) => ({ fromUs: from * S, toUs: to * S }));

function randomCase(seed: number): RandomCase {
  const random = createRandom(seed);
  const points = Array.from({ length: 5 + Math.floor(random() * 200) }, () => {
    const second = Math.floor(random() * 36_000) / 10;
    return { ...(random() < 0.15 ? bad(second) : good(second, Math.floor(random() * 5))), discontinuity: random() < 0.05 };
  }).sort((a, b) => a.timeUs - b.timeUs);
  const edges = Array.from({ length: 2 * Math.floor(random() * 6) }, () => random() * 3600).sort((a, b) => a - b);
  const spans = edges.flatMap((from, n) => (n % 2 === 0 ? [[from, edges[n + 1] ?? from] as const] : []));
  const rules: RulesSince = {
    ...{ sinceUs: 0, interpolation: random() < 0.5 ? 'Linear' : 'Step', states: random() < 0.5 },
    counter: random() < 0.5 ? { rollover: 5, resets: random() < 0.5 ? 'Allowed' : 'Forbidden' } : undefined,
  };
  return { points, spans, rules: [rules] };
}

/** A small generator of numbers between 0 and 1: the same for the same seed. */
function createRandom(seed: number): () => number {
  let state = seed * 2_654_435_761;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2_246_822_519) + 3_266_489_917) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 4_294_967_296;
  };
}

const rounded = (bucket: Bucket) => ({
  ...bucket,
  integral: Math.round(bucket.integral / 1e3),
  goodMs: Math.round(bucket.goodMs),
  start: bucket.start?.toFixed(6),
  durations: [...(bucket.durations ?? [])].map(([value, ms]) => `${value}:${Math.round(ms)}`).sort(),
});
