import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatMultirange, parseMultirange, RangeSet } from './range-set.ts';

it('holds exactly the numbers added, in as few ranges as possible, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 60 })), (numbers) => {
      const set = new RangeSet();
      for (const number of numbers) set.add(number);
      for (let number = 0; number <= 61; number += 1) expect(set.has(number)).toBe(numbers.includes(number));
      const ranges = set.ranges();
      for (let index = 1; index < ranges.length; index += 1)
        expect((ranges[index]?.first ?? 0) - (ranges[index - 1]?.last ?? 0)).toBeGreaterThan(1);
      expect(parseMultirange(formatMultirange(ranges))).toEqual(ranges);
    }),
  );
});
