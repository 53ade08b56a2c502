import { describe, expect, it } from 'vitest';
import type { Curve } from './build-curve.ts';
import { toChartData, valueAt } from './chart-data.ts';

const curve = (more: Partial<Curve>): Curve => ({ times: [], values: [], low: [], high: [], bad: [], stepped: false, ...more });

describe('columns for the chart', () => {
  it('share one time axis; no point of a pen is no gap of it', () => {
    const a = curve({ times: [1000, 2000], values: [1, null], low: [0, null], high: [2, null] });
    const b = curve({ times: [1500], values: [7], low: [7], high: [7], stepped: true });
    expect(toChartData([{ curve: a }, { curve: b }])).toEqual([
      [1, 1.5, 2],
      [1, undefined, null],
      [0, undefined, null],
      [2, undefined, null],
      [undefined, 7, undefined],
      [undefined, null, null],
      [undefined, null, null],
    ]);
  });

  it('keep a gap of a pen open over the points of another, and a value before it', () => {
    const a = curve({ times: [1000, 3000, 6000], values: [1, null, 2], stepped: true });
    const b = curve({ times: [2000, 4000, 5000], values: [7, 8, 9], stepped: true });
    const [, first] = toChartData([{ curve: a }, { curve: b }]);
    expect(first).toEqual([1, undefined, null, null, null, 2]);
  });

  it('are one empty axis without pens', () => expect(toChartData([])).toEqual([[]]));
});

describe('the value at the cursor', () => {
  const { times, values } = { times: [1000, 2000, 3000], values: [1, null, 3] };
  it.each([
    [999, undefined],
    [1000, 1],
    [1999, 1],
    [2500, null],
    [9000, 3],
  ])('at %d is %j', (ms, value) => expect(valueAt(curve({ times, values }), ms)).toBe(value));
});
