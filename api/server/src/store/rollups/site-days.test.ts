import { describe, expect, it } from 'vitest';
import { dayGrid } from './site-days.ts';

const us = (text: string): number => Date.parse(text) * 1000;
const day = (at: string, timezone: string, dayStart: string, days = 1): string[] => {
  const { fromUs, toUs } = dayGrid({ timezone, dayStart }, days).at(us(at));
  return [fromUs, toUs].map((one) => new Date(one / 1000).toISOString().slice(0, 16));
};

describe('days of a site', () => {
  it.each([
    ['are UTC days in UTC', '2026-11-21T12:00:00Z', 'UTC', '00:00', '2026-11-21T00:00', '2026-11-22T00:00'],
    ['begin at local midnight', '2026-11-21T23:30:00Z', 'Europe/Berlin', '00:00', '2026-11-21T23:00', '2026-11-22T23:00'],
    ['begin when the shift does', '2026-11-21T04:59:59Z', 'Europe/Berlin', '06:00', '2026-11-20T05:00', '2026-11-21T05:00'],
    ['have 23 hours when clocks go forward', '2026-03-29T10:00:00Z', 'Europe/Berlin', '00:00', '2026-03-28T23:00', '2026-03-29T22:00'],
    ['have 25 hours when clocks go back', '2026-10-25T10:00:00Z', 'Europe/Berlin', '00:00', '2026-10-24T22:00', '2026-10-25T23:00'],
    ['begin after the gap in which they would', '2026-03-29T10:00:00Z', 'Europe/Berlin', '02:30', '2026-03-29T01:00', '2026-03-30T00:30'],
    ['begin at the first of two such times', '2026-10-25T10:00:00Z', 'Europe/Berlin', '02:30', '2026-10-25T00:30', '2026-10-26T01:30'],
    ['follow half hours', '2026-11-21T18:29:00Z', 'Asia/Kolkata', '00:00', '2026-11-20T18:30', '2026-11-21T18:30'],
    ['follow a day line', '2026-11-21T09:00:00Z', 'Pacific/Kiritimati', '00:00', '2026-11-20T10:00', '2026-11-21T10:00'],
    ['follow a change at midnight', '2026-09-06T12:00:00Z', 'America/Santiago', '00:00', '2026-09-06T04:00', '2026-09-07T03:00'],
  ])('%s', (_name, at, timezone, dayStart, from, to) => {
    expect(day(at, timezone, dayStart)).toEqual([from, to]);
  });

  it('join into spans of several', () => {
    expect(day('2026-11-21T12:00:00Z', 'UTC', '00:00', 7)).toEqual(['2026-11-19T00:00', '2026-11-26T00:00']);
  });

  it('leave no instant out over three years, in any zone', () => {
    for (const timezone of ['Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'America/Santiago']) {
      const grid = dayGrid({ timezone, dayStart: '02:15' });
      let at = us('2020-01-01T00:00:00Z');
      while (at < us('2023-01-01T00:00:00Z')) {
        const { fromUs, toUs } = grid.at(at);
        expect(fromUs).toBeLessThanOrEqual(at);
        expect(toUs - fromUs).toBeGreaterThanOrEqual(22 * 3_600_000_000);
        expect(toUs - fromUs).toBeLessThanOrEqual(26 * 3_600_000_000);
        expect(grid.at(toUs - 1).fromUs).toBe(fromUs);
        at = toUs;
      }
    }
  });
});
