import type { Export } from '@kubeplant/api-client';
import { expect, it } from 'vitest';
import { describeProgress, formatSize } from './describe-export.ts';

it.each([
  [0, '0 B'],
  [812, '812 B'],
  [3480, '3.4 KiB'],
  [12_900_000, '12 MiB'],
  [256 * 1024 * 1024, '256 MiB'],
  [3 * 1024 ** 4, '3072 GiB'],
])('%i bytes are %s', (bytes, text) => expect(formatSize(bytes)).toBe(text));

it.each([
  [{ state: 'Queued' }, 'Waits for its turn'],
  [{ state: 'Running', progress: 0.499 }, '49 %, 1,234,567 readings, 2 KiB'],
  [{ state: 'Done' }, '1,234,567 readings, 2 KiB'],
  [{ state: 'Cancelled' }, 'Cancelled'],
  [{ state: 'Failed', failure: 'There is no room.' }, 'Failed: There is no room.'],
] as const)('says of %j: %s', (more, text) => {
  const row = { progress: 0, readings: 1_234_567, sizeBytes: 2048, ...more } as Export; // what is told of
  expect(describeProgress(row)).toBe(text);
});
