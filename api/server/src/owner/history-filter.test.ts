import { Flag } from '@kubeplant/words';
import { expect, it } from 'vitest';
import { createHistoryFilter } from './history-filter.ts';

const reading = (second: number, value: number, more: { status?: number; flags?: number; text?: string } = {}) => ({
  timeUs: second * 1_000_000,
  value,
  text: more.text,
  status: more.status ?? 0,
  flags: more.flags ?? 0,
});

it('is none where every reading is stored', () => {
  expect(createHistoryFilter(undefined)).toBeUndefined();
  expect(createHistoryFilter({ mode: 'Sampled' })).toBeUndefined();
});

it('stores nothing with None', () => {
  const stores = createHistoryFilter({ mode: 'None' });
  expect(stores?.(reading(1, 5))).toBe(false);
});

it.each([
  ['the same value once', {}, [reading(1, 5), reading(2, 5), reading(3, 6), reading(4, 5)], [true, false, true, true]],
  [
    'what leaves the deadband around the value stored last',
    { deadband: 1 },
    [reading(1, 5), reading(2, 5.6), reading(3, 6), reading(4, 6.1), reading(5, 5.5)],
    [true, false, false, true, false],
  ],
  [
    'a value again after the longest time',
    { maxInterval: '10s' },
    [reading(1, 5), reading(10, 5), reading(11, 5), reading(12, 5)],
    [true, false, true, false],
  ],
  [
    'a change of status or flags, and the loss of the value',
    { deadband: 9 },
    [
      reading(1, 5),
      reading(2, 5, { status: 0x4000 }),
      reading(3, 5, { status: 0x4000, flags: 1 << 5 }),
      reading(4, Number.NaN, { status: 0x4000, flags: 1 << 5 }),
      reading(5, Number.NaN, { status: 0x4000, flags: 1 << 5 }),
    ],
    [true, true, true, true, false],
  ],
  [
    'a text that differs',
    {},
    [reading(1, Number.NaN, { text: 'a' }), reading(2, Number.NaN, { text: 'a' }), reading(3, Number.NaN, { text: 'b' })],
    [true, false, true],
  ],
  [
    'what comes late, without forgetting what was stored last',
    {},
    [reading(10, 5), reading(3, 5, { flags: Flag.Late }), reading(11, 5)],
    [true, true, false],
  ],
  ['a value beside one of the same time only when it differs', {}, [reading(1, 5), reading(1, 5), reading(1, 6)], [true, false, true]],
])('stores with OnChange %s', (_name, policy, readings, expected) => {
  const stores = createHistoryFilter({ mode: 'OnChange', ...policy });
  expect(readings.map((one) => stores?.(one))).toEqual(expected);
});
