import { expect, it } from 'vitest';
import { commonGaps } from './draw-marks.ts';

const gap = (fromMs: number, untilMs: number) => ({ fromMs, untilMs });

it('draws as not observed what no pen knows anything of', () => {
  expect(commonGaps([])).toEqual([]);
  expect(commonGaps([{ gaps: [gap(1, 5), gap(8, 9)] }])).toEqual([gap(1, 5), gap(8, 9)]);
  expect(commonGaps([{ gaps: [gap(1, 5), gap(8, 12)] }, { gaps: [gap(3, 10)] }])).toEqual([gap(3, 5), gap(8, 10)]);
  expect(commonGaps([{ gaps: [gap(1, 5)] }, { gaps: [] }])).toEqual([]);
});
