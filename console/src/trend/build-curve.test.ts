import type { Reading } from '@kubeplant/api-client';
import { Status } from '@kubeplant/words';
import { describe, expect, it } from 'vitest';
import { buildCurve, type CurveInput } from './build-curve.ts';

const at = (ms: number): string => new Date(ms).toISOString();
const raw = (ms: number, value: number | null, status: number = Status.Good): Reading => ({ time: at(ms), value, status });
const curve = (more: Partial<CurveInput>) => buildCurve({ readings: [], observed: [], fromMs: 1000, toMs: 9000, ...more });
const points = ({ times, values }: ReturnType<typeof curve>) => times.map((ms, n) => [ms, values[n]]);

describe('a curve of readings as stored', () => {
  it('holds the last value to the end of the window', () => {
    expect(points(curve({ readings: [raw(2000, 1), raw(4000, 2)] }))).toEqual([
      [2000, 1],
      [4000, 2],
      [9000, 2],
    ]);
  });

  it('begins with the value from before the window', () => {
    expect(points(curve({ before: raw(-50_000, 7), readings: [raw(4000, 2)] }))).toEqual([
      [1000, 7],
      [4000, 2],
      [9000, 2],
    ]);
  });

  it('is a gap where nobody confirms the value', () => {
    const observed = [
      { fromMs: 0, untilMs: 3000 },
      { fromMs: 6000, untilMs: 9000 },
    ];
    expect(points(curve({ observed, readings: [raw(2000, 1), raw(6000, 2)] }))).toEqual([
      [2000, 1],
      [3000, 1],
      [3001, null],
      [6000, 2],
      [9000, 2],
    ]);
  });

  it('draws no line over a change of meaning, of readings and of buckets', () => {
    expect(points(curve({ readings: [raw(2000, 1), raw(6000, 2)], breaksMs: [4000] }))).toEqual([
      [2000, 1],
      [3999, 1],
      [4000, null],
      [6000, 2],
      [9000, 2],
    ]);
    const buckets = [2000, 4000].map((ms) => ({ time: at(ms), avg: ms / 1000, min: 1, max: 9, last: 5 }));
    expect(points(curve({ readings: buckets, breaksMs: [4000], intervalMs: 2000 })).slice(0, 3)).toEqual([
      [2000, 2],
      [4000, 4],
      [6000, 5],
    ]);
    expect(points(curve({ readings: buckets, breaksMs: [3000], intervalMs: 2000 })).slice(0, 3)).toEqual([
      [2000, 2],
      [3000, null],
      [4000, 4],
    ]);
  });

  it('goes on over spans that touch', () => {
    const observed = [
      { fromMs: 0, untilMs: 3000 },
      { fromMs: 3100, untilMs: 9000 },
    ];
    expect(points(curve({ observed, readings: [raw(2000, 1)] }))).toEqual([
      [2000, 1],
      [9000, 1],
    ]);
  });

  it('is interrupted and marked while quality is Bad, marked but drawn while it is Uncertain', () => {
    const result = curve({
      readings: [raw(2000, 1), raw(3000, null, Status.BadTimeout), raw(5000, 4, Status.UncertainLastUsableValue), raw(6000, 5)],
    });
    expect(points(result)).toEqual([
      [2000, 1],
      [3000, null],
      [5000, 4],
      [6000, 5],
      [9000, 5],
    ]);
    expect(result.bad).toEqual([{ fromMs: 3000, toMs: 6000 }]);
  });

  it('is empty without readings', () => expect(points(curve({}))).toEqual([]));
});

describe('a curve of buckets', () => {
  const bucket = (ms: number, avg: number, last = avg): Reading => ({
    time: at(ms),
    avg,
    min: avg - 1,
    max: avg + 1,
    last,
    count: 3,
    bad: 0,
  });

  it('carries the band of least and greatest', () => {
    const result = curve({ intervalMs: 1000, readings: [bucket(1000, 5), bucket(2000, 6)], toMs: 3000 });
    expect(points(result)).toEqual([
      [1000, 5],
      [2000, 6],
    ]);
    expect([result.low, result.high]).toEqual([
      [4, 5],
      [6, 7],
    ]);
  });

  it('holds the last value of a bucket through empty ones, as far as it is confirmed', () => {
    const observed = [{ fromMs: 0, untilMs: 6000 }];
    expect(points(curve({ intervalMs: 1000, observed, readings: [bucket(1000, 5, 5.5)] }))).toEqual([
      [1000, 5],
      [2000, 5.5],
      [6000, 5.5],
      [6001, null],
    ]);
  });
});
