import { describe, expect, it } from 'vitest';
import type { StoredReading } from '../ports.ts';
import { createCsvFormat } from './format-csv.ts';

const series = { path: 'default/pump/name', origin: 'Real', meanings: [], timezone: 'Europe/Berlin' } as const;
const line = (value: StoredReading['value']): string => createCsvFormat(series)([{ timeUs: 0, value, status: 0, flags: 0, receivedUs: 0 }]);

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

  it('says the unit that was in force, and the time in UTC and of the site', () => {
    const meanings = [
      { sinceUs: 5_000_000, unit: 'm³/h' },
      { sinceUs: 10_000_000, unit: 'l/s, net' },
    ];
    const format = createCsvFormat({ ...series, meanings });
    const reading = { value: 1, status: 0, flags: 1, receivedUs: 11_000_000 };
    const lines = format([0, 9_999_999, 10_000_000].map((timeUs) => ({ ...reading, timeUs })));
    expect(lines.split('\r\n')).toEqual([
      'default/pump/name,1970-01-01T00:00:00.000Z,1,m³/h,0,Good,Late,1970-01-01T00:00:11.000Z,Real,1970-01-01T01:00:00.000+01:00',
      'default/pump/name,1970-01-01T00:00:09.999999Z,1,m³/h,0,Good,Late,1970-01-01T00:00:11.000Z,Real,1970-01-01T01:00:09.999999+01:00',
      'default/pump/name,1970-01-01T00:00:10.000Z,1,"l/s, net",0,Good,Late,1970-01-01T00:00:11.000Z,Real,1970-01-01T01:00:10.000+01:00',
      '',
    ]);
  });
});
