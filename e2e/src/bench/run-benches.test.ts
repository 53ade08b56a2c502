import { describe, expect, it } from 'vitest';
import { formatResults } from './format-results.ts';
import { median } from './median.ts';
import { judge, runBenches } from './run-benches.ts';
import type { BenchResult } from './types.ts';

const result = (ratio: number, more: Partial<BenchResult> = {}): BenchResult => ({
  ...{
    name: 'x',
    goal: 4,
    gate: 3.6,
    ratio,
    unit: 'polls/s',
    higherIsBetter: true,
    ours: [ratio * 1000],
    peer: [1000],
    notes: ['as seen'],
  },
  ...more,
});

const run = (...ratios: number[]) => {
  return runBenches({ names: ['x'], run: async () => [result(ratios.shift() ?? Number.NaN)], log: () => undefined });
};

describe('benches', () => {
  it.each([
    [4, true, 'ok'],
    [3.7, true, 'goal missed'],
    [3.5, true, 'below gate'],
    [Number.NaN, true, 'below gate'],
    [3, false, 'ok'],
    [5, false, 'below gate'],
  ])('judge %s (higher is better: %s) as %s', (ratio, higherIsBetter, verdict) => {
    expect(judge(result(ratio, higherIsBetter ? {} : { higherIsBetter, goal: 4, gate: 4.4 }))).toBe(verdict);
  });

  it('give a miss a second chance, and no third', async () => {
    expect(await run(1, 5)).toMatchObject([{ verdict: 'ok', result: { ratio: 5 } }]);
    expect(await run(1, 2, 5)).toMatchObject([{ verdict: 'below gate', result: { ratio: 2 } }]);
    expect(await run(5, 1)).toMatchObject([{ verdict: 'ok', result: { ratio: 5 } }]);
  });

  it('run again as a whole when one of several results misses', async () => {
    const rounds = [
      [result(4), result(1)],
      [result(3.7), result(5)],
    ];
    const outcomes = await runBenches({ names: ['x'], run: async () => rounds.shift() ?? [], log: () => undefined });
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['goal missed', 'ok']);
  });

  it('go on when one cannot run, and say why', async () => {
    const one = async (name: string) => {
      if (name === 'a') throw new Error('psql is not installed');
      return [result(4, { name }), result(5, { name: `${name} again` })];
    };
    const outcomes = await runBenches({ names: ['a', 'b'], run: one, log: () => undefined });
    expect(outcomes).toMatchObject([
      { name: 'a', verdict: 'not run', reason: 'psql is not installed' },
      { name: 'b', verdict: 'ok' },
      { name: 'b again', verdict: 'ok' },
    ]);
    const table = formatResults(outcomes);
    expect(table).toContain('b        4,000 polls/s  1,000 polls/s  4      ≥ 4   ≥ 3.6  ok');
    expect(table).toContain('a: psql is not installed');
  });

  it.each([
    [[3, 1, 2], 2],
    [[4, 1, 2, 3], 2.5],
    [[], Number.NaN],
  ])('take the median of %j', (samples, expected) => {
    expect(median(samples)).toBe(expected);
  });
});
