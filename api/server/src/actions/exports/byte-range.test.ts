import { expect, it } from 'vitest';
import { parseByteRange } from './byte-range.ts';

const whole = { from: 0, to: 100 };

it.each([
  [undefined, whole],
  ['bytes=0-', whole],
  ['bytes=10-', { from: 10, to: 100 }],
  ['bytes=10-19', { from: 10, to: 20 }],
  ['bytes=10-1000', { from: 10, to: 100 }],
  ['bytes=-5', { from: 95, to: 100 }],
  ['bytes=-500', whole],
  ['bytes=100-', undefined],
  ['bytes=-0', undefined],
  ['bytes=20-10', whole],
  ['bytes=-', whole],
  ['bytes=0-1,5-6', whole],
  ['lines=0-1', whole],
  ['bytes=x-y', whole],
])('%s of 100 bytes', (header, expected) => {
  expect(parseByteRange(header, 100)).toEqual(expected);
});

it('finds nothing in an empty file', () => {
  expect(parseByteRange('bytes=0-', 0)).toBeUndefined();
  expect(parseByteRange(undefined, 0)).toEqual({ from: 0, to: 0 });
});
