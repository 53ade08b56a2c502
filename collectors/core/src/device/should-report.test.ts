import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadbandWidth, numberChanged } from './should-report.ts';

describe('deadbandWidth', () => {
  const range = { low: -50, high: 150, outside: 'Keep' } as const;
  it.each([
    { title: 'is nothing without a deadband', tag: { kind: 'Analog', deadband: { type: 'None', value: 5 } }, width: 0 },
    { title: 'is the absolute value', tag: { kind: 'Analog', deadband: { type: 'Absolute', value: 0.5 } }, width: 0.5 },
    { title: 'is a part of the range', tag: { kind: 'Analog', deadband: { type: 'Percent', value: 1 }, range }, width: 2 },
    { title: 'is nothing in percent without a range', tag: { kind: 'Analog', deadband: { type: 'Percent', value: 1 } }, width: 0 },
    { title: 'is ignored for states', tag: { kind: 'State', deadband: { type: 'Absolute', value: 1 } }, width: 0 },
    { title: 'is ignored for counters', tag: { kind: 'Counter', deadband: { type: 'Absolute', value: 1 } }, width: 0 },
  ] as const)('$title', ({ tag, width }) => expect(deadbandWidth(tag)).toBe(width));
});

describe('numberChanged', () => {
  it('keeps back what did not change', () => expect(numberChanged(1, 1, 0)).toBe(false));
  it('keeps back a change of just the deadband', () => expect(numberChanged(1, 1.5, 0.5)).toBe(false));
  it('tells a change beyond the deadband', () => expect(numberChanged(1, 1.6, 0.5)).toBe(true));
  it('tells that there is no value any more, whatever the deadband', () => expect(numberChanged(1, Number.NaN, 10)).toBe(true));
  it('tells that there is a value again, whatever the deadband', () => expect(numberChanged(Number.NaN, 1, 10)).toBe(true));
  it('keeps back that there is still no value', () => expect(numberChanged(Number.NaN, Number.NaN, 0)).toBe(false));

  it('lets no receiver be further off than the deadband', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 })), fc.integer({ min: 1, max: 50 }), (values, width) => {
        let sent = Number.NaN;
        for (const value of values) {
          if (numberChanged(sent, value, width)) sent = value;
          expect(Math.abs(value - sent)).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});
