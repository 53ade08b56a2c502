import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRangeSet, firstOutside } from './range-set.ts';

const span = fc.record({ kind: fc.constantFrom('add', 'remove'), first: fc.nat(30), length: fc.nat(8) });

describe('createRangeSet', () => {
  it('holds what a plain set would, in as few ranges as there can be', () => {
    fc.assert(
      fc.property(fc.array(span, { maxLength: 30 }), fc.nat(30), fc.nat(10), (steps, from, length) => {
        const ranges = createRangeSet();
        const plain = new Set<number>();
        for (const { kind, first, length: count } of steps) {
          if (kind === 'add') ranges.add(first, first + count);
          else ranges.remove(first, first + count);
          for (let value = first; value <= first + count; value++) kind === 'add' ? plain.add(value) : plain.delete(value);
        }
        const values = ranges.ranges().flatMap(({ first, last }) => Array.from({ length: last - first + 1 }, (_, i) => first + i));
        expect(values).toEqual([...plain].sort((a, b) => a - b));
        expect(ranges.size).toBe(plain.size);
        for (let value = 0; value < 42; value++) expect(ranges.has(value)).toBe(plain.has(value));
        expect(ranges.countWithin(from, from + length)).toBe([...plain].filter((value) => value >= from && value <= from + length).length);
        for (const [i, { first }] of ranges.ranges().entries()) expect(first).toBeGreaterThan((ranges.ranges()[i - 1]?.last ?? -2) + 1);
      }),
    );
  });

  it('takes no empty range', () => {
    const ranges = createRangeSet([{ first: 3, last: 2 }]);
    ranges.remove(2, 1);
    expect(ranges.ranges()).toEqual([]);
  });
});

describe('firstOutside', () => {
  const wanted = createRangeSet([
    { first: 2, last: 4 },
    { first: 8, last: 9 },
  ]);
  it.each([
    ['nothing is taken', 99, [], 2],
    ['the beginning is taken by two', 99, [[{ first: 1, last: 2 }], [{ first: 3, last: 3 }]], 4],
    ['a whole range is taken', 99, [[{ first: 1, last: 7 }]], 8],
    ['the rest is beyond the limit', 8, [[{ first: 1, last: 7 }]], undefined],
    ['all is taken', 99, [[{ first: 2, last: 9 }]], undefined],
  ])('when %s', (_title, limit, others, found) => expect(firstOutside(wanted, limit, others.map(createRangeSet))).toBe(found));
});
