import { expect, it } from 'vitest';
import { type Fill, fillValues } from './fill-values.ts';

it.each<[Fill, (number | null)[]]>([
  ['None', [null, 1, null, null, 4, null]],
  ['Zero', [0, 1, 0, 0, 4, 0]],
  ['Previous', [null, 1, 1, 1, 4, 4]],
  ['Linear', [null, 1, 2, 3, 4, null]],
])('fills what is missing: %s', (fill, expected) => {
  expect(fillValues([null, 1, null, null, 4, null], fill)).toEqual(expected);
});
