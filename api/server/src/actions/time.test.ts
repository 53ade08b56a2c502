import { describe, expect, it } from 'vitest';
import { formatTime, parseTime } from './time.ts';

describe('times', () => {
  it.each([
    [0, '1970-01-01T00:00:00.000Z'],
    [1_763_000_000_123_456, '2025-11-13T02:13:20.123456Z'],
    [1_763_000_000_123_000, '2025-11-13T02:13:20.123Z'],
    [1, '1970-01-01T00:00:00.000001Z'],
  ])('of %d microseconds are written as %s and read back', (us, text) => {
    expect(formatTime(us)).toBe(text);
    expect(parseTime(text)).toBe(us);
  });

  it('of the year 9999 stay in it, though no number holds their microseconds', () => {
    expect(formatTime(parseTime('9999-12-31T23:59:59.999999Z') ?? 0)).toMatch(/^9999-12-31T23:59:59\.\d+Z$/);
    expect(formatTime(parseTime('0000-01-01T00:00:00Z') ?? 0)).toBe('0000-01-01T00:00:00.000Z');
  });

  it('of days that do not exist are none', () => {
    expect(parseTime('2026-02-30T00:00:00Z')).toBeUndefined();
    expect(parseTime('2026-02-28T25:00:00Z')).toBeUndefined();
    expect(parseTime('2026-02-28T12:00:00.5Z')).toBe(Date.parse('2026-02-28T12:00:00.500Z') * 1000);
  });
});
