import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readlinkSync, renameSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countingPlant } from './counting-plant.ts';
import { type RunningPlant, runPlant, until } from './run-plant.ts';
import { findDoubles, findHoles, findLost, longestJump, readCounts } from './stored-counts.ts';

const TOLERATED_STEPS = 12;

/** Only root may mount a small file system, and only where the machine lets it. */
function mayMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'kp-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(place, { recursive: true });
  }
}

describe.skipIf(!mayMount())('a plant whose database has a disk of its own (needs root and mount)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kp-full-'));
  const files = countingPlant(join(folder, 'yaml'));
  const options = { paths: [files.folder], data: join(folder, 'data') };
  let disk = '';
  let plant: RunningPlant;

  beforeAll(async () => {
    files.writeSite();
    files.writeDevice();
    await runPlant(options).then((first) => first.stop());
    disk = readlinkSync(join(options.data, 'postgres'));
    renameSync(disk, `${disk}.moved`);
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=160m', 'tmpfs', disk]);
    execFileSync('cp', ['-a', `${disk}.moved/.`, disk]);
    plant = await runPlant(options);
  });

  afterAll(async () => {
    await plant?.stop();
    if (disk !== '') execFileSync('umount', [disk]);
    plant?.reset();
    rmSync(`${disk}.moved`, { recursive: true, force: true });
    rmSync(folder, { recursive: true, force: true });
  });

  const recording = () => plant.get<{ items: { recording: boolean }[] }>('sites').then(({ items }) => items[0]?.recording);

  it('says so when the disk is full, and when there is room again has lost nothing', async () => {
    const startUs = BigInt(Date.now()) * 1000n;
    await until('readings', async () => (await readCounts(plant.databaseUrl())).rows.length > 20);
    // One that is still starting ends and is started again while there is no room; that is not what is looked at here.
    await until('that every process runs', () => plant.processes().every(({ state }) => state === 'Running'));
    const before = await readCounts(plant.databaseUrl());
    fill(join(disk, 'filler'));
    await until('that nothing is recorded', async () => (await recording()) === false);
    await until('the notice', () => plant.events.some(({ message }) => message?.includes('is full (0 MiB left)')), 15_000);
    rmSync(join(disk, 'filler'));
    await until('that it is recorded again', recording, 40_000);
    const sinceUs = BigInt(Date.now()) * 1000n;
    const after = await until('rows made after that', async () => {
      const present = await readCounts(plant.databaseUrl());
      return present.rows.some(({ timeUs }) => timeUs > sinceUs) ? present : undefined;
    });
    expect(findLost(before, after)).toEqual([]);
    expect(findDoubles(after)).toEqual([]);
    expect(findHoles(after)).toEqual([]);
    expect(longestJump(after, startUs)).toBeLessThanOrEqual(TOLERATED_STEPS);
    expect(plant.processes().filter(({ restarts = 0 }) => restarts > 0)).toEqual([]);
  });
});

/** Write until there is no room. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const size of [1 << 20, 1 << 12]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch {
        // No room for this much any more.
      }
    }
  } finally {
    closeSync(file);
  }
}
