import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** Megabytes that V8 has taken for young objects in a process that has made many which live a while. */
function youngMb(begin: string): number {
  const program = `
    ${begin}
    const { getHeapSpaceStatistics } = await import('node:v8');
    const kept = [];
    for (let index = 0; index < 3e5; index++) kept[index % 1e5] = { index, text: [index] };
    const young = getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space');
    console.log(young.space_size / 2 ** 20);`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  return Number(stdout);
}

it('keeps the space for young objects as small as it begins, which grows otherwise', () => {
  expect(youngMb('')).toBeGreaterThan(8);
  const small = youngMb(`(await import('./prefer-small-heap.ts')).preferSmallHeap();`);
  expect(small).toBeGreaterThan(0);
  expect(small).toBeLessThanOrEqual(8);
});
