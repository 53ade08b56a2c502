import { Flag, Status } from '@kubeplant/words';
import { describe, expect, it } from 'vitest';
import type { Converted } from '../convert/converted.ts';
import { createConverter } from '../convert/create-converter.ts';
import { effectiveDevice, effectiveTag } from '../testing/build-config.ts';
import { createTagTable } from './create-tag-table.ts';

const NUMBER = 0;
const TEXT = 1;
const good = (value: Converted['value']): Converted => ({ value, status: Status.Good, flags: 0 });
const bad: Converted = { value: undefined, status: Status.BadTimeout, flags: 0 };

/** Which of these, one after the other, are reported. */
function reported(row: number, values: readonly Converted[]): boolean[] {
  const number = effectiveTag('level', { deadband: { type: 'Absolute', value: 10 } });
  const device = effectiveDevice('pump', { tags: [number, effectiveTag('recipe', { kind: 'Text', dataType: 'String' })] });
  const table = createTagTable({ dictionary: { tagId: () => 0 }, converterOf: createConverter }, device);
  return values.map((value) => table.report(row, value));
}

describe('report', () => {
  it.each([
    { title: 'the first value', row: NUMBER, values: [good(0)], want: [true] },
    { title: 'no repeated number', row: NUMBER, values: [good(1), good(1)], want: [true, false] },
    { title: 'no change within the deadband', row: NUMBER, values: [good(1), good(11)], want: [true, false] },
    { title: 'a change beyond the deadband', row: NUMBER, values: [good(1), good(12)], want: [true, true] },
    {
      title: 'a change of status alone',
      row: NUMBER,
      values: [good(1), { ...good(1), status: Status.UncertainInitialValue }],
      want: [true, true],
    },
    { title: 'a change of flags alone', row: NUMBER, values: [good(1), { ...good(1), flags: Flag.LimitHigh }], want: [true, true] },
    {
      title: 'a loss once, and the same value after it',
      row: NUMBER,
      values: [good(1), bad, bad, good(1)],
      want: [true, true, false, true],
    },
    { title: 'a changed text', row: TEXT, values: [good('a'), good('a'), good('b')], want: [true, false, true] },
    {
      title: 'a text lost once, and the same after it',
      row: TEXT,
      values: [good('a'), bad, bad, good('a')],
      want: [true, true, false, true],
    },
  ])('takes $title', ({ row, values, want }) => expect(reported(row, values)).toEqual(want));
});
