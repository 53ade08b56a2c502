import { describe, expect, it } from 'vitest';
import type { StoredReading, StoredTag } from '../../ports.ts';
import { formatCsv } from './csv.ts';

const series = { path: 'default/pump/name', unit: '', tag: { origin: 'Real' } as unknown as StoredTag }; // All that a line needs.
const line = (value: StoredReading['value']): string => formatCsv([{ timeUs: 0, value, status: 0, flags: 0, receivedUs: 0 }], series);

describe('a line of CSV', () => {
  it.each([
    ['=HYPERLINK("http://x")', `"'=HYPERLINK(""http://x"")"`],
    ["=cmd|' /C calc'!A0", `'=cmd|' /C calc'!A0`],
    ['@SUM(A1)', `'@SUM(A1)`],
    ['+1+2', `'+1+2`],
    ['-2+cmd', `'-2+cmd`],
    ['\tx', `'\tx`],
  ])('is no formula where a device sends %j', (value, expected) => {
    expect(line(value)).toContain(`Z,${expected},,`);
  });

  it.each([
    ['-12.5', '-12.5'],
    ['+7', '+7'],
    ['Pump A, left', '"Pump A, left"'],
    [-3, '-3'],
    [null, ''],
  ])('keeps %j', (value, expected) => {
    expect(line(value)).toContain(`Z,${expected},,`);
  });
});
