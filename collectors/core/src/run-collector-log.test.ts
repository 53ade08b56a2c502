import { globSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ShardConfig } from '@kubeplant/crds/model';
import { encodeShardFiles } from '@kubeplant/crds/model-files';
import { createLogger } from '@kubeplant/kit';
import { Status } from '@kubeplant/words';
import { metrics, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClock } from './create-clock.ts';
import { type Collector, runCollector } from './run-collector.ts';
import { channelConfig, effectiveDevice, shardConfig } from './testing/build-config.ts';
import { createFakeDriver, type FakeDriver } from './testing/create-fake-driver.ts';
import { type FakeOwner, startFakeOwner } from './testing/start-fake-owner.ts';

let dir: string;
let owner: FakeOwner;
let driver: FakeDriver;
let collector: Collector;

const polling = (revision = 'c1', change: Partial<ShardConfig> = {}) => ({
  ...shardConfig(revision, [channelConfig('a', [effectiveDevice('tank')])]),
  ...change,
});
const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });
const read = (value: number) =>
  driver.channels.get('a')?.sink.readings([{ device: 'tank', tag: 'level', value, status: Status.Good, flags: 0 }]);
const values = () => owner.blocks.flatMap(({ value }) => value);
const problem = () => owner.healths.at(-1)?.problem;

function write(config: ShardConfig) {
  for (const [name, content] of encodeShardFiles(config, { maxPartBytes: 900_000 })) {
    writeFileSync(join(dir, 'next'), content);
    renameSync(join(dir, 'next'), join(dir, 'config', name));
  }
}

function start() {
  driver = createFakeDriver();
  collector = runCollector({
    driver,
    settings: {
      configDir: join(dir, 'config'),
      ingestEndpoint: owner.endpoint,
      tokenFile: join(dir, 'token'),
      caFile: join(dir, 'ca.pem'),
      bufferBytes: 1 << 20,
      bufferDir: join(dir, 'buffer'),
    },
    version: '1.2.3',
    clock: createClock(),
    log: createLogger({ name: 'test', level: 'silent' }),
    telemetry: { meter: metrics.getMeter('test'), tracer: trace.getTracer('test') },
  });
}

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kp-b-log-'));
  owner = await startFakeOwner();
  mkdirSync(join(dir, 'config'));
  writeFileSync(join(dir, 'token'), 'shard-token\n');
  writeFileSync(join(dir, 'ca.pem'), owner.caPem);
});

afterEach(async () => {
  await collector.stop(0);
  await owner.close();
  rmSync(dir, { recursive: true });
});

describe('a collector with a folder for its readings', () => {
  it('keeps what was not committed when it stops, and the next one sends it', async () => {
    owner.behaviour.commit = 'no';
    write(polling());
    start();
    await until(() => expect(driver.opened).toBe(1));
    read(1);
    await until(() => expect(values()).toEqual([1]));
    expect(await collector.stop(0)).toBe(1);
    owner.behaviour.commit = 'yes';
    start();
    await until(() => expect(driver.opened).toBe(1));
    read(2);
    await until(() => expect(values()).toEqual([1, 1, 2]));
    expect(owner.hellos.at(-1)?.runs).toEqual([owner.blocks[0]?.run]);
    expect(owner.blocks[1]).toEqual(owner.blocks[0]);
    expect(await collector.stop(5000)).toBe(0);
  });

  it('says what it holds when it has nothing to poll any more, and only then', async () => {
    owner.behaviour.commit = 'no';
    write(polling());
    start();
    await until(() => expect(driver.opened).toBe(1));
    read(1);
    await until(() => expect(values()).toEqual([1]));
    expect(owner.healths.every(({ heldBlocks }) => heldBlocks === undefined)).toBe(true);
    write(shardConfig('c2', []));
    await until(() => expect(owner.healths.at(-1)).toMatchObject({ configRevision: 'c2', heldBlocks: 1 }));
    owner.commit(1);
    await until(() => expect(owner.healths.at(-1)?.heldBlocks).toBe(0));
  });

  it('polls and sends although nothing can be written there, says so, and writes as soon as it can', async () => {
    writeFileSync(join(dir, 'buffer'), 'no folder');
    write(polling());
    start();
    await until(() => expect(driver.opened).toBe(1));
    read(1);
    await until(() => expect(values()).toEqual([1]));
    await until(() => expect(problem()).toMatch(/^BufferUnwritable: .*buffer cannot be written \((ENOTDIR|EEXIST)\)/));
    rmSync(join(dir, 'buffer'));
    await until(() => expect(problem()).toBeUndefined());
    read(2);
    await until(() => expect(globSync(join(dir, 'buffer', '*.seg')).length).toBe(1));
  });

  it('gives up the oldest beyond the size that the site allows, tells it with the next block, and says so', async () => {
    Object.assign(owner.behaviour, { answer: 'Nothing' });
    write(polling('c1', { buffering: { maxAge: '72h', maxSizeBytes: 64 << 10, syncInterval: '10ms' } }));
    start();
    await until(() => expect(driver.opened).toBe(1));
    let value = 0;
    for (let i = 0; i < 20_000; i++) read(value++);
    Object.assign(owner.behaviour, { answer: 'Welcome' });
    await until(() => expect(globSync(join(dir, 'buffer', '*.seg')).length).toBeGreaterThan(1));
    owner.cut();
    await until(() => expect(problem()).toMatch(/^BufferFull: [0-9]+ readings that were on disk were given up/));
    const total = () => owner.blocks.reduce((sum, { lost }) => sum + lost.reduce((all, { readings }) => all + readings, 0), 0);
    await until(() => expect(values().length + total()).toBe(value));
    expect(total()).toBeGreaterThan(1000);
    expect(new Set(values()).size).toBe(values().length);
  });
});
