import { describe, expect, it } from 'vitest';
import { countIncrease } from './count-increase.ts';

describe('a counter', () => {
  it.each([
    ['counts up', 10, 15, { resets: 'Allowed' }, 5],
    ['stands still', 10, 10, { resets: 'Allowed' }, 0],
    ['rolls over', 65_530, 4, { rollover: 65_536, resets: 'Forbidden' }, 10],
    ['rolls over though it might be reset', 65_530, 4, { rollover: 65_536, resets: 'Allowed' }, 10],
    ['is reset though it might roll over', 20_000, 7, { rollover: 65_536, resets: 'Allowed' }, 7],
    ['rolls over far, because it is never reset', 20_000, 7, { rollover: 65_536, resets: 'Forbidden' }, 45_543],
    ['is reset', 5000, 12, { resets: 'Allowed' }, 12],
    ['goes back though it must not', 5000, 12, { resets: 'Forbidden' }, 0],
    ['was above its rollover', 70_000, 12, { rollover: 65_536, resets: 'Forbidden' }, 0],
    ['is reset below zero', 5, -3, { resets: 'Allowed' }, 0],
  ] as const)('%s', (_name, before, after, rules, expected) => {
    expect(countIncrease(before, after, rules)).toBe(expected);
  });
});
