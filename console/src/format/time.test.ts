import { describe, expect, it } from 'vitest';
import { formatAge, formatDateTime, formatShortTime, parseLocalTime, toFieldValue } from './time.ts';

const winter = Date.parse('2026-11-21T09:05:23.400Z');
const summer = Date.parse('2026-07-01T22:30:00Z');

describe('times of a site', () => {
  it('carry the offset that holds at that time', () => {
    expect(formatDateTime(winter, 'Europe/Berlin')).toBe('2026-11-21 10:05:23 +01:00');
    expect(formatDateTime(summer, 'Europe/Berlin')).toBe('2026-07-02 00:30:00 +02:00');
    expect(formatDateTime(winter, 'UTC')).toBe('2026-11-21 09:05:23 +00:00');
    expect(formatDateTime(winter, 'America/St_Johns')).toBe('2026-11-21 05:35:23 -03:30');
  });

  it('are shown in UTC where the zone is not known', () => {
    expect(formatDateTime(winter, 'Mars/Olympus')).toBe('2026-11-21 09:05:23 +00:00');
  });

  it('leave the date out on the same day of the site, not of the browser', () => {
    expect(formatShortTime(summer, 'Europe/Berlin', summer + 3_600_000)).toBe('00:30:00 +02:00');
    expect(formatShortTime(summer, 'UTC', summer + 3 * 3_600_000)).toBe('2026-07-01 22:30:00 +00:00');
  });

  it('are read back from a field as the clock of the site', () => {
    for (const ms of [winter - 400, summer, Date.parse('2026-10-25T03:30:00Z')]) {
      expect(parseLocalTime(toFieldValue(ms, 'Europe/Berlin'), 'Europe/Berlin')).toBe(ms);
    }
    expect(parseLocalTime('2026-11-21T10:05', 'Europe/Berlin')).toBe(Date.parse('2026-11-21T09:05:00Z'));
    expect(parseLocalTime('soon', 'UTC')).toBeUndefined();
  });
});

describe('ages', () => {
  it.each([
    [-500, 'just now'],
    [12_900, '12 s'],
    [185_000, '3 min'],
    [7_500_000, '2 h 5 min'],
    [356_400_000, '4 d 3 h'],
  ])('%d ms is %s', (ms, text) => expect(formatAge(ms)).toBe(text));
});
