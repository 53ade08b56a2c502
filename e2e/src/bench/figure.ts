import { median } from './median.ts';
import type { BenchResult } from './types.ts';

/** A figure of its own: the median in seconds, at most the goal. */
export const figure = (name: string, goal: number, ours: readonly number[], notes: readonly string[]): BenchResult => ({
  name,
  goal,
  gate: goal,
  ratio: median(ours),
  unit: 's',
  higherIsBetter: false,
  ours,
  peer: [],
  notes,
});

/** A note: the worst of the samples, in seconds. */
export const slowest = (ours: readonly number[]): string => `slowest of ${ours.length}: ${Math.max(...ours).toFixed(2)} s`;
