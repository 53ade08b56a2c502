import { expect, it } from 'vitest';
import { toCron } from './job-task.ts';

it.each([
  [60_000, '* * * * *'],
  [900_000, '*/15 * * * *'],
  [3_600_000, '37 * * * *'],
  [6 * 3_600_000, '37 */6 * * *'],
  [24 * 3_600_000, '37 0 * * *'],
])('is due every %i ms as cron writes it', (everyMs, cron) => {
  expect(toCron(everyMs, 'ab-')).toBe(cron.replace('37', String((97 + 98 + 45) % 60)));
});

it.each([0, 1000, 90_000, 90 * 60_000, 48 * 3_600_000])('refuses %i ms, which cron cannot say', (everyMs) => {
  expect(() => toCron(everyMs, 'pack')).toThrow(/whole minutes/);
});
