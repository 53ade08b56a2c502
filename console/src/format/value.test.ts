import { describe, expect, it } from 'vitest';
import { formatAlarmValue, formatValue, unitOf } from './value.ts';

const analog = { dataType: 'Float64', unit: 'm' } as const;
const state = { dataType: 'Float64', states: { '0': 'Stopped', '2': 'Fault' } } as const;

describe('values', () => {
  it.each([
    [2.34567, analog, '2.35'],
    [0.0123456, analog, '0.0123'],
    [0.1 + 0.2, analog, '0.3000'],
    [1480, analog, '1480'],
    [482130.123, analog, '482130.1'],
    [-1e-9, analog, '-1.000e-9'],
    [0, state, 'Stopped'],
    [3, state, '3'],
    [1, { dataType: 'Boolean' } as const, 'True'],
    [null, analog, '–'],
    ['batch 7', analog, 'batch 7'],
  ])('%j is shown as it reads on a panel', (value, tag, text) => expect(formatValue(value, tag)).toBe(text));

  it('of an alarm is the name of the state where it has one, else the number with its unit', () => {
    expect(formatAlarmValue({ value: 2, valueText: 'Fault', unit: '1' })).toBe('Fault');
    expect(formatAlarmValue({ value: 2.5, unit: 'm' })).toBe('2.50 m');
    expect(formatAlarmValue({ value: 3 })).toBe('3');
    expect(formatAlarmValue({})).toBeUndefined();
  });

  it('has a unit only where it is a number that is no state', () => {
    expect([unitOf(2, analog), unitOf(null, analog), unitOf(2, { ...state, unit: 'm' })]).toEqual(['m', '', '']);
  });
});
