import { expect, it } from 'vitest';
import { type Comparison, offsetOf } from './compare.ts';

const HOUR = 3_600_000;

it.each([
  ['1h', '2026-11-21T09:00:00Z', 1],
  ['1d', '2026-11-21T09:00:00Z', 24],
  ['7d', '2026-11-21T09:00:00Z', 168],
  ['1d', '2026-10-25T09:00:00Z', 25],
  ['1d', '2026-03-29T09:00:00Z', 23],
  ['364d', '2026-11-21T09:00:00.250Z', 364 * 24],
] as const)('%s before %s in Berlin is %i hours', (comparison: Comparison, from, hours) => {
  expect(offsetOf(comparison, Date.parse(from), 'Europe/Berlin')).toBe(hours * HOUR);
});
