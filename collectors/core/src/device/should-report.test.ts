import { Flag, Status } from '@kubeplant/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadbandWidth, shouldReport } from './should-report.ts';

const good = (value: number | string | undefined) => ({ value, status: Status.Good, flags: 0 });

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

describe('shouldReport', () => {
  it('reports the first value', () => expect(shouldReport(undefined, good(1), 10)).toBe(true));
  it('keeps back what did not change', () => expect(shouldReport(good(1), good(1), 0)).toBe(false));
  it('keeps back a change of just the deadband', () => expect(shouldReport(good(1), good(1.5), 0.5)).toBe(false));
  it('reports a change beyond the deadband', () => expect(shouldReport(good(1), good(1.6), 0.5)).toBe(true));
  it('reports a change of status without a change of value', () =>
    expect(shouldReport(good(1), { ...good(1), status: Status.UncertainInitialValue }, 10)).toBe(true));
  it('reports a change of flags without a change of value', () =>
    expect(shouldReport(good(1), { ...good(1), flags: Flag.LimitHigh }, 10)).toBe(true));
  it('reports a changed text', () => expect(shouldReport(good('a'), good('b'), 10)).toBe(true));
  it('keeps back a repeated Bad', () => {
    const bad = { value: undefined, status: Status.BadTimeout, flags: 0 };
    expect(shouldReport(bad, bad, 0)).toBe(false);
  });

  it('lets no receiver be further off than the deadband', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1000, max: 1000 })), fc.integer({ min: 1, max: 50 }), (values, width) => {
        let sent: number | undefined;
        for (const value of values) {
          if (shouldReport(sent === undefined ? undefined : good(sent), good(value), width)) sent = value;
          expect(Math.abs(value - (sent ?? Number.NaN))).toBeLessThanOrEqual(width);
        }
      }),
    );
  });
});
