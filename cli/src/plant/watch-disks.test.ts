import { expect, it, vi } from 'vitest';
import { watchDisks } from './watch-disks.ts';

const MIB = 1 << 20;

it('a disk that runs full is told once at each step, and when it has room again', async () => {
  const steps = [9000, 200, 100, 3, 0, 300, 200, 500].map((mib) => mib * MIB);
  const said: string[] = [];
  const measure = () => ({ id: 7, freeBytes: steps.shift() ?? 500 * MIB });
  const stop = watchDisks({ notice: (message) => said.push(message), measure }, () => ['/data'], 1);
  await vi.waitFor(() => expect(steps).toEqual([]));
  stop();
  expect(said).toEqual([
    'the disk of /data has only 200 MiB left: free some space before it is full',
    'the disk of /data is full (3 MiB left): what the plant writes there waits, collectors hold what they measure; free some space',
    'the disk of /data has only 300 MiB left: free some space before it is full',
    'the disk of /data has room again (500 MiB left)',
  ]);
});

it('two folders on one disk are told as one', () => {
  const notice = vi.fn();
  watchDisks({ notice, measure: () => ({ id: 7, freeBytes: 0 }) }, () => ['/data', '/data/postgres'])();
  expect(notice).toHaveBeenCalledTimes(1);
});

it('a disk that cannot be looked at is left alone', () => {
  const notice = vi.fn();
  watchDisks({ notice }, () => ['/nowhere/at/all'])();
  expect(notice).not.toHaveBeenCalled();
});
