import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ShardConfig } from '@kubeplant/crds/model';
import { encodeShardFiles, MANIFEST_FILE } from '@kubeplant/crds/model-files';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClock } from '../create-clock.ts';
import { channelConfig, effectiveDevice, shardConfig } from '../testing/build-config.ts';
import { createFakeClock } from '../testing/create-fake-clock.ts';
import { type ConfigWatch, watchConfig } from './watch-config.ts';

let root: string;
let dir: string;
let watches: ConfigWatch[];
let revisions: string[];
let problems: (string | undefined)[];
let again: (() => ShardConfig) | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kp-b-config-'));
  dir = join(root, 'config');
  watches = [];
  revisions = [];
  problems = [];
});

afterEach(() => {
  for (const watch of watches) watch.close();
  rmSync(root, { recursive: true });
});

const config = (revision: string): ShardConfig => shardConfig(revision, [channelConfig('a', [effectiveDevice('tank')])]);

function write(folder: string, revision: string, leaveOut: readonly string[] = []) {
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of encodeShardFiles(config(revision), { maxPartBytes: 100 })) {
    if (leaveOut.includes(name)) continue;
    writeFileSync(join(folder, `.${name}`), content);
    renameSync(join(folder, `.${name}`), join(folder, name));
  }
}

function start(check: (config: ShardConfig) => string | undefined = () => undefined, clock = createClock()) {
  watches.push(
    watchConfig({
      dir,
      clock,
      check,
      onConfig: ({ revision }, readAgain) => {
        revisions.push(revision);
        again = readAgain;
      },
      onProblem: (problem) => problems.push(problem),
    }),
  );
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });

describe('watchConfig', () => {
  it('loads at once, then what is saved', async () => {
    write(dir, 'r1');
    start();
    expect(revisions).toEqual(['r1']);
    write(dir, 'r2');
    await until(() => expect(revisions).toEqual(['r1', 'r2']));
    expect(problems).toEqual([]);
  });

  it('gives what was taken once more, also when the files are of another by then', async () => {
    write(dir, 'r1');
    start();
    writeFileSync(join(dir, 'part-0.json.gz'), 'damaged');
    await until(() => expect(problems).toHaveLength(1));
    expect(again?.()).toEqual(config('r1'));
  });

  it('waits for a folder that comes later', async () => {
    start();
    expect(revisions).toEqual([]);
    write(dir, 'r1');
    await until(() => expect(revisions).toEqual(['r1']));
  });

  it('follows the symbolic links of a mounted ConfigMap', async () => {
    write(join(dir, '..2026_1'), 'r1');
    symlinkSync('..2026_1', join(dir, '..data'));
    for (const name of encodeShardFiles(config('r1'), { maxPartBytes: 100 }).keys()) symlinkSync(join('..data', name), join(dir, name));
    start();
    expect(revisions).toEqual(['r1']);
    write(join(dir, '..2026_2'), 'r2');
    symlinkSync('..2026_2', join(dir, '..data_tmp'));
    renameSync(join(dir, '..data_tmp'), join(dir, '..data'));
    rmSync(join(dir, '..2026_1'), { recursive: true });
    await until(() => expect(revisions).toEqual(['r1', 'r2']));
  });

  it('does not load a mixture of two revisions', async () => {
    write(dir, 'r1');
    start();
    write(dir, 'r2', [MANIFEST_FILE]);
    write(join(root, 'other'), 'r2');
    expect(revisions).toEqual(['r1']);
    renameSync(join(root, 'other', MANIFEST_FILE), join(dir, MANIFEST_FILE));
    await until(() => expect(revisions).toEqual(['r1', 'r2']));
    expect(problems).toEqual([]);
  });

  it('says so when files stay incomplete, and no more once they are complete', () => {
    const clock = createFakeClock();
    write(dir, 'r1', ['part-0.json.gz']);
    start(undefined, clock);
    clock.advance(29_000);
    expect(problems).toEqual([]);
    clock.advance(2000);
    expect(problems).toEqual([expect.stringMatching(/^ConfigurationIncomplete: part-0/)]);
    write(dir, 'r1');
    clock.advance(1000);
    expect(revisions).toEqual(['r1']);
    expect(problems.at(-1)).toBeUndefined();
  });

  it('says at once that a part was cut off while its manifest stayed, keeps what is in force, and forgets it when the part is whole again', () => {
    const clock = createFakeClock();
    const files = encodeShardFiles(config('r1'), { maxPartBytes: 100_000 });
    mkdirSync(dir, { recursive: true });
    for (const [name, content] of files) writeFileSync(join(dir, name), content);
    start(undefined, clock);
    const part = files.get('part-0.json.gz') ?? Buffer.alloc(0);
    writeFileSync(join(dir, 'part-0.json.gz'), part.subarray(0, 50));
    clock.advance(1000);
    expect(problems).toEqual(['ConfigurationMalformed: part-0.json.gz is damaged or cut off']);
    writeFileSync(join(dir, 'part-0.json.gz'), part);
    clock.advance(1000);
    expect(problems.at(-1)).toBeUndefined();
    expect(revisions).toEqual(['r1']);
  });

  it('keeps the configuration before when a file is malformed, says so once, and takes the next good one', () => {
    const clock = createFakeClock();
    write(dir, 'r1');
    start(undefined, clock);
    writeFileSync(join(dir, MANIFEST_FILE), '{"formatVersion": 99}');
    clock.advance(10_000);
    expect(revisions).toEqual(['r1']);
    expect(problems).toEqual([expect.stringMatching(/^ConfigurationMalformed: manifest.json: formatVersion is 99/)]);
    write(dir, 'r2');
    clock.advance(1000);
    expect(revisions).toEqual(['r1', 'r2']);
    expect(problems.length).toBe(2);
  });

  it('does not take what the check refuses', () => {
    write(dir, 'r1');
    start(({ revision }) => `ConfigurationMismatch: ${revision} is for another`, createFakeClock());
    expect(revisions).toEqual([]);
    expect(problems).toEqual(['ConfigurationMismatch: r1 is for another']);
  });
});
