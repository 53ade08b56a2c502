import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ShardConfig } from '@kubeplant/crds/model';
import { encodeShardFiles } from '@kubeplant/crds/model-files';
import { createLogger } from '@kubeplant/kit';
import { Standing } from '@kubeplant/proto';
import { Status } from '@kubeplant/words';
import { metrics, trace } from '@opentelemetry/api';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createClock } from './create-clock.ts';
import { type Collector, runCollector } from './run-collector.ts';
import { channelConfig, effectiveDevice, shardConfig } from './testing/build-config.ts';
import { createFakeDriver, type FakeDriver } from './testing/create-fake-driver.ts';
import { type FakeOwner, startFakeOwner } from './testing/start-fake-owner.ts';

const clock = createClock();
let dir: string;
let owner: FakeOwner;
let driver: FakeDriver;
let collector: Collector;

const tank = effectiveDevice('tank');
const pump = effectiveDevice('pump');
const connected = { connected: true, reason: 'Connected', message: '' };

function write(config: ShardConfig) {
  for (const [name, content] of encodeShardFiles(config, { maxPartBytes: 900_000 })) {
    writeFileSync(join(dir, 'next'), content);
    renameSync(join(dir, 'next'), join(dir, 'config', name));
  }
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 10 });
const sink = (key = 'a') => driver.channels.get(key)!.sink;
const read = (device: string, value: number) => sink().readings([{ device, tag: 'level', value, status: Status.Good, flags: 0 }]);
const values = () => owner.blocks.flatMap(({ value }) => value);

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'kp-b-collector-'));
  owner = await startFakeOwner();
  driver = createFakeDriver();
  mkdirSync(join(dir, 'config'));
  writeFileSync(join(dir, 'token'), 'shard-token\n');
  writeFileSync(join(dir, 'ca.pem'), owner.caPem);
  collector = runCollector({
    driver,
    settings: {
      configDir: join(dir, 'config'),
      ingestEndpoint: owner.endpoint,
      tokenFile: join(dir, 'token'),
      caFile: join(dir, 'ca.pem'),
      bufferBytes: 1 << 20,
    },
    version: '1.2.3',
    clock,
    log: createLogger({ name: 'test', level: 'silent' }),
    telemetry: { meter: metrics.getMeter('test'), tracer: trace.getTracer('test') },
  });
});

afterEach(async () => {
  await collector.stop(0);
  await owner.close();
  rmSync(dir, { recursive: true });
});

describe('runCollector', () => {
  it('takes the configuration when it comes, and carries readings and health to the owner', async () => {
    expect(collector.notReady()).toContain('no configuration');
    write(shardConfig('c1', [channelConfig('a', [tank, pump])]));
    await until(() => expect(driver.channels.has('a')).toBe(true));
    expect(collector.notReady()).toBeUndefined();
    sink().state('tank', connected);
    read('tank', 42);
    sink().observed('tank', clock.nowUs());
    await until(() => expect(values()).toEqual([42]));
    expect(owner.tokens).toEqual(['shard-token']);
    expect(owner.hellos[0]).toMatchObject({ tenant: 'local/plant', site: 'station', shard: 'station-000000-0', collectorVersion: '1.2.3' });
    const told = () => owner.healths.flatMap(({ devices }) => devices).filter(({ device }) => device === 'tank');
    await until(() => expect(told().at(-1)).toMatchObject({ connected: true, dataFlowing: true, reason: 'Connected', tags: 1 }));
    expect(owner.healths[0]?.devices.map(({ device }) => device)).toEqual(['tank', 'pump']);
  });

  it('follows an edit without disturbing the other device, and tells the new revision', async () => {
    write(shardConfig('c1', [channelConfig('a', [tank]), channelConfig('b', [pump])]));
    await until(() => expect(driver.opened).toBe(2));
    write(shardConfig('c2', [channelConfig('a', [{ ...tank, revision: 'r2' }]), channelConfig('b', [pump])]));
    await until(() => expect(owner.healths.at(-1)?.configRevision).toBe('c2'));
    expect(owner.healths.at(-1)?.devices).toMatchObject([{ device: 'tank', revision: 'r2' }]);
    expect(driver.channels.get('a')!.configs.length).toBe(2);
    expect(driver.channels.get('b')!.configs.length).toBe(1);
    expect(driver.opened).toBe(2);
  });

  it('keeps the configuration in force when the next one is broken or for another shard, and says so', async () => {
    write(shardConfig('c1', [channelConfig('a', [tank])]));
    await until(() => expect(owner.healths.length).toBe(1));
    write({ ...shardConfig('c2', []), site: 'elsewhere' });
    await until(() => expect(owner.healths.at(-1)?.problem).toMatch(/^ConfigurationMismatch: its site is elsewhere/));
    expect(owner.healths.at(-1)?.configRevision).toBe('c1');
    writeFileSync(join(dir, 'config', 'manifest.json'), 'nonsense');
    await until(() => expect(owner.healths.at(-1)?.problem).toMatch(/^ConfigurationMalformed/));
    read('tank', 7);
    await until(() => expect(values()).toEqual([7]));
    write(shardConfig('c3', [channelConfig('a', [tank])]));
    await until(() => expect(owner.healths.at(-1)).toMatchObject({ configRevision: 'c3', problem: undefined }));
  });

  it('opens no field connection as a warm standby until it is its turn, and closes them first when it is not any more', async () => {
    Object.assign(owner.behaviour, { standing: Standing.STANDING_STANDBY, reason: 'HeldByPeer: s-0-1 holds this shard' });
    write({ ...shardConfig('c1', [channelConfig('a', [tank])]), highAvailability: 'Warm' });
    await until(() => expect(owner.healths.at(-1)?.problem).toBe('HeldByPeer: s-0-1 holds this shard'));
    expect(owner.hellos[0]).toMatchObject({ standby: true, instance: `${hostname()}/station-000000-0` });
    expect(driver.opened).toBe(0);
    owner.send({ $case: 'turn', value: { epoch: 2, standing: Standing.STANDING_ACTIVE, reason: '' } });
    await until(() => expect(driver.opened).toBe(1));
    sink().state('tank', connected);
    read('tank', 1);
    owner.send({ $case: 'turn', value: { epoch: 3, standing: Standing.STANDING_STANDBY, reason: 'HeldByPeer: again' } });
    await until(() => expect(driver.channels.get('a')!.closed).toBe(true));
    read('tank', 2);
    await until(() => expect(values()).toEqual([1]));
    await until(() => expect(owner.healths.at(-1)?.problem).toBe('HeldByPeer: again'));
    expect(owner.hellos.length).toBe(1);
  });

  it('stops polling, then sends the last readings and waits until they are committed', async () => {
    owner.behaviour.commit = 'no';
    write(shardConfig('c1', [channelConfig('a', [tank])]));
    await until(() => expect(owner.healths.length).toBe(1));
    read('tank', 1);
    const stopped = collector.stop(5000);
    await until(() => expect(values()).toEqual([1]));
    expect(driver.channels.get('a')!.closed).toBe(true);
    owner.commit(1);
    expect(await stopped).toBe(0);
  });

  it('says how much is lost when nothing is committed in time', async () => {
    owner.behaviour.commit = 'no';
    write(shardConfig('c1', [channelConfig('a', [tank])]));
    await until(() => expect(driver.opened).toBe(1));
    read('tank', 1);
    expect(await collector.stop(50)).toBe(1);
  });

  it('tells what was lost when the buffer overflowed during an outage, and goes on', async () => {
    write(shardConfig('c1', [channelConfig('a', [tank])]));
    await until(() => expect(owner.healths.length).toBe(1));
    Object.assign(owner.behaviour, { answer: 'Nothing', commit: 'no' });
    owner.cut();
    let value = 0;
    for (let i = 0; i < 100_000; i++) read('tank', value++);
    Object.assign(owner.behaviour, { answer: 'Welcome', commit: 'yes' });
    owner.cut();
    await until(() => expect(owner.healths.at(-1)?.problem).toMatch(/^BufferFull: [0-9]+ readings/));
    read('tank', value++);
    const total = () => owner.blocks.reduce((sum, { lost }) => sum + lost.reduce((all, { readings }) => all + readings, 0), 0);
    await until(() => expect(values().length + total()).toBe(value));
    expect(total()).toBeGreaterThan(10_000);
    expect(new Set(values()).size).toBe(values().length);
    await until(() => expect(owner.healths.at(-1)?.problem).toBeUndefined());
  });
});
