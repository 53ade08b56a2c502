import { expect, it } from 'vitest';
import { formatTime } from '../actions/time.ts';
import { createSiteClock, createUtcClock } from './site-clock.ts';

const at = (text: string): number => Date.parse(text) * 1000;

it.each([
  ['UTC', '2026-11-21T09:00:00Z', '2026-11-21T09:00:00.000+00:00'],
  ['Europe/Berlin', '2026-11-21T09:00:00Z', '2026-11-21T10:00:00.000+01:00'],
  ['Asia/Kathmandu', '2026-11-21T09:00:00Z', '2026-11-21T14:45:00.000+05:45'],
  ['America/St_Johns', '2026-01-01T01:00:00Z', '2025-12-31T21:30:00.000-03:30'],
])('writes the time of %s with its offset', (timezone, utc, local) => {
  expect(createSiteClock(timezone)(at(utc))).toBe(local);
});

it('tells the two hours apart when the clock is set back, and keeps microseconds', () => {
  const clock = createSiteClock('Europe/Berlin');
  expect(clock(at('2026-10-25T00:30:00Z') + 5)).toBe('2026-10-25T02:30:00.000005+02:00');
  expect(clock(at('2026-10-25T01:30:00Z') + 5)).toBe('2026-10-25T02:30:00.000005+01:00');
});

it('writes UTC as answers of the api do, in whatever order', () => {
  const clock = createUtcClock();
  const times = [0, 1, 999, 1000, 59_999_999, 60_000_000, 1_700_000_000_123_456, 1_699_999_999_000_000];
  for (const timeUs of [...times, ...times.toReversed()]) expect(clock(timeUs)).toBe(formatTime(timeUs));
});
