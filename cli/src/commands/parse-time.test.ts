import { expect, it } from 'vitest';
import { parseTime } from './parse-time.ts';

const NOW_MS = Date.UTC(2026, 10, 22, 12);

it.each([
  { text: '15m', time: '2026-11-22T11:45:00.000Z' },
  { text: '30d', time: '2026-10-23T12:00:00.000Z' },
  { text: '2w', time: '2026-11-08T12:00:00.000Z' },
  { text: '0s', time: '2026-11-22T12:00:00.000Z' },
  { text: '2026-11-21T09:00:00+01:00', time: '2026-11-21T08:00:00.000Z' },
  { text: '2026-11-21', time: '2026-11-21T00:00:00.000Z' },
])('takes $text', ({ text, time }) => expect(parseTime('--from', text, NOW_MS)).toBe(time));

it.each(['yesterday', '-1h', '15', '1d2h', '2026-13-01', '9007199254740991h', '300000y'])('refuses %s and says what it takes', (text) =>
  expect(() => parseTime('--from', text, NOW_MS)).toThrow(`--from ${text} is neither a time such as 2026-11-21T08:00:00Z nor how long ago`),
);
