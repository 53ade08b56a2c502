import { expect, it } from 'vitest';
import { acceptReceived, isInWindow, MAX_AHEAD_US, MAX_BEHIND_US, MAX_HELD_US } from './accept-time.ts';

const NOW = 1_763_700_000_000_000;

it.each([
  ['now', NOW, NOW],
  ['held for as long as allowed', NOW - MAX_HELD_US, NOW - MAX_HELD_US],
  ['held longer', NOW - MAX_HELD_US - 1, NOW],
  ['a little ahead', NOW + MAX_AHEAD_US, NOW + MAX_AHEAD_US],
  ['from the future', NOW + MAX_AHEAD_US + 1, NOW],
  ['not a number', Number.NaN, NOW],
])('takes a time of receipt %s', (_name, receivedUs, expected) => expect(acceptReceived(receivedUs, NOW)).toBe(expected));

it.each([
  [0, true],
  [MAX_AHEAD_US, true],
  [MAX_AHEAD_US + 1, false],
  [-MAX_BEHIND_US, true],
  [-MAX_BEHIND_US - 1, false],
  [Number.NaN, false],
])('judges a time %d µs off its receipt', (offset, expected) => expect(isInWindow(NOW + offset, NOW)).toBe(expected));
