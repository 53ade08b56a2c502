import type { ShardConfig } from '@kubeplant/crds/model';
import { Flag, Status } from '@kubeplant/words';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BlockReading } from './block/block-columns.ts';
import { createRunDictionary } from './block/create-run-dictionary.ts';
import { type ChannelSet, type ChannelSetDeps, createChannelSet } from './channel-set.ts';
import type { Driver } from './driver.ts';
import { channelConfig, effectiveDevice, effectiveTag, shardConfig } from './testing/build-config.ts';
import { createFakeClock, type FakeClock } from './testing/create-fake-clock.ts';
import { createFakeDriver, type FakeDriver } from './testing/create-fake-driver.ts';

const connected = { connected: true, reason: 'Connected', message: '' };
const lost = { connected: false, reason: 'Timeout', message: 'no answer within 2s' };

let clock: FakeClock;
let driver: FakeDriver;
let channels: ReturnType<typeof remembering>;
let deps: ChannelSetDeps;
let sent: (Omit<BlockReading, 'tag'> & { tag: string })[];
let spans: { device: number; fromUs: number; untilUs: number }[];
let counts: { received: number; reported: number; overruns: number; errors: string[] };

function setUp(check?: Driver['check']) {
  clock = createFakeClock();
  driver = createFakeDriver(check);
  sent = [];
  spans = [];
  counts = { received: 0, reported: 0, overruns: 0, errors: [] };
  const dictionary = createRunDictionary('R');
  const nameOf = (id: number) => {
    const { devices, tags } = dictionary.messagesAfter(0)[0]!;
    const tag = tags.find((entry) => entry.id === id)!;
    return `${devices.find((entry) => entry.id === tag.device)!.device}/${tag.tag}${tag.simulated ? ' (simulated)' : ''}`;
  };
  const add = (reading: BlockReading) => void sent.push({ ...reading, tag: nameOf(reading.tag) });
  deps = {
    clock,
    driver,
    dictionary,
    builder: { add, addText: add, observe: (device, fromUs, untilUs) => void spans.push({ device, fromUs, untilUs }) },
    metrics: {
      readings: (received, reported) => {
        counts.received += received;
        counts.reported += reported;
      },
      overrun: (count) => {
        counts.overruns += count;
      },
      protocolError: (kind) => counts.errors.push(kind),
    },
  };
  channels = remembering(deps);
  channels.resume();
}

/** A set that is given each configuration as the watch of the files gives it. */
function remembering(deps: ChannelSetDeps): Omit<ChannelSet, 'apply'> & { apply(config: ShardConfig): void } {
  const set = createChannelSet(deps);
  return { ...set, apply: (config) => set.apply(config, () => config) };
}

const tank = effectiveDevice('tank', { tags: [effectiveTag('level'), effectiveTag('flow')] });
const pump = effectiveDevice('pump', { tags: [effectiveTag('running', { kind: 'State', dataType: 'Boolean' })] });
const sinkOf = (key: string) => driver.channels.get(key)!.sink;
const good = (device: string, tag: string, value: number) => ({ device, tag, value, status: Status.Good, flags: 0 });
const taken = () => sent.splice(0).map(({ tag, value, status }) => [tag, value, status]);

beforeEach(() => setUp());

describe('readings', () => {
  beforeEach(() => {
    channels.apply(shardConfig('c1', [channelConfig('a', [tank, pump])]));
    sinkOf('a').state('tank', connected);
  });

  it('are sent when they change, with the time of receipt', () => {
    sinkOf('a').readings([good('tank', 'level', 1), good('tank', 'flow', 2)]);
    sinkOf('a').readings([good('tank', 'level', 1), good('tank', 'flow', 3)]);
    expect(sent.map(({ tag, value }) => [tag, value])).toEqual([
      ['tank/level', 1],
      ['tank/flow', 2],
      ['tank/flow', 3],
    ]);
    expect(sent[0]).toMatchObject({ timeUs: clock.nowUs(), receivedUs: clock.nowUs(), flags: Flag.TimeIsReceived });
    expect(counts).toMatchObject({ received: 4, reported: 3 });
  });

  it('keep a time of the device that is inside the window', () => {
    const timeUs = clock.nowUs() - 3_600_000_000;
    sinkOf('a').readings([{ ...good('tank', 'level', 1), timeUs }]);
    expect(sent[0]).toMatchObject({ timeUs, receivedUs: clock.nowUs(), flags: 0, originalUs: undefined });
  });

  it.each([
    ['ahead', 61_000_000],
    ['behind', -73 * 3_600_000_000],
    ['absurd', 1e300],
  ])('get the time of receipt when the device is too far %s', (_title, offsetUs) => {
    sinkOf('a').readings([{ ...good('tank', 'level', 1), timeUs: clock.nowUs() + offsetUs }]);
    expect(sent[0]).toMatchObject({ timeUs: clock.nowUs(), flags: Flag.TimeIsReceived | Flag.TimeInvalid });
    expect(sent[0]?.originalUs).toBe(offsetUs > 1e200 ? undefined : clock.nowUs() + offsetUs);
  });

  it('of unknown devices and tags are ignored', () => {
    sinkOf('a').readings([good('nobody', 'level', 1), good('tank', 'nothing', 1)]);
    sinkOf('a').state('nobody', connected);
    sinkOf('a').observed('nobody', clock.nowUs());
    sinkOf('a').rejected('nobody', 'x', 'y');
    expect(taken()).toEqual([]);
  });

  it('make one Bad row per tag when the device is lost, and are sent again when it is back', () => {
    sinkOf('a').readings([good('tank', 'level', 1), good('tank', 'flow', 2)]);
    taken();
    sinkOf('a').state('tank', lost);
    sinkOf('a').state('tank', { ...lost, reason: 'ConnectionRefused' });
    expect(taken()).toEqual([
      ['tank/level', undefined, Status.BadCommunicationError],
      ['tank/flow', undefined, Status.BadCommunicationError],
    ]);
    sinkOf('a').state('tank', connected);
    sinkOf('a').readings([good('tank', 'level', 1)]);
    expect(taken()).toEqual([['tank/level', 1, Status.Good]]);
  });

  it('are Bad from the start when a device never answers, but not while it is being connected to', () => {
    sinkOf('a').state('pump', { connected: false, reason: 'Connecting', message: '' });
    expect(taken()).toEqual([]);
    sinkOf('a').state('pump', lost);
    expect(taken()).toEqual([['pump/running', undefined, Status.BadCommunicationError]]);
  });

  it('of a refused tag are Bad, alone and once', () => {
    sinkOf('a').readings([good('tank', 'level', 1)]);
    taken();
    sinkOf('a').rejected('tank', 'flow', 'IllegalDataAddress');
    sinkOf('a').rejected('tank', 'flow', 'IllegalDataAddress');
    expect(taken()).toEqual([['tank/flow', undefined, Status.BadConfigurationError]]);
    expect(channels.devices()[0]!.health()).toMatchObject({
      tags: 2,
      badTags: 1,
      rejected: [{ tag: 'flow', reason: 'IllegalDataAddress' }],
    });
    sinkOf('a').rejected('tank', 'flow', undefined);
    sinkOf('a').readings([good('tank', 'flow', 2)]);
    expect(channels.devices()[0]!.health()).toMatchObject({ badTags: 0, rejected: [] });
  });

  it('of a simulated device carry the flag and a series of their own', () => {
    channels.apply(shardConfig('c2', [channelConfig('a', [{ ...tank, simulated: true }, pump])]));
    sinkOf('a').readings([good('tank', 'level', 1)]);
    expect(sent[0]).toMatchObject({ tag: 'tank/level (simulated)', flags: Flag.Simulated | Flag.TimeIsReceived });
  });
});

describe('observed spans', () => {
  beforeEach(() => {
    channels.apply(shardConfig('c1', [channelConfig('a', [tank])]));
    sinkOf('a').state('tank', connected);
  });

  const observe = () => {
    sinkOf('a').observed('tank', clock.nowUs());
    return clock.nowUs();
  };

  it('grow from poll to poll', () => {
    const first = observe();
    clock.advance(1000);
    const second = observe();
    expect(spans.map(({ fromUs, untilUs }) => [fromUs, untilUs])).toEqual([
      [first, first],
      [first, second],
    ]);
  });

  it.each([
    ['a silence', () => clock.advance(5001)],
    [
      'a loss',
      () => {
        sinkOf('a').state('tank', lost);
        clock.advance(1);
        sinkOf('a').state('tank', connected);
      },
    ],
  ])('begin anew after %s', (_title, gap) => {
    observe();
    gap();
    const again = observe();
    expect(spans.at(-1)).toMatchObject({ fromUs: again, untilUs: again });
  });

  it('do not grow while the device is lost', () => {
    observe();
    sinkOf('a').state('tank', lost);
    observe();
    expect(spans.length).toBe(1);
  });

  it('say whether data flows', () => {
    const flowing = () => channels.devices()[0]!.health().dataFlowing;
    expect(flowing()).toBe(false);
    observe();
    expect(flowing()).toBe(true);
    clock.advance(5001);
    expect(flowing()).toBe(false);
  });
});

describe('hot configuration', () => {
  const valve = effectiveDevice('valve');
  beforeEach(() => {
    channels.apply(shardConfig('c1', [channelConfig('a', [tank, pump]), channelConfig('b', [valve])]));
    for (const name of ['tank', 'pump']) sinkOf('a').state(name, connected);
    sinkOf('b').state('valve', connected);
    sinkOf('b').readings([good('valve', 'level', 1)]);
    taken();
  });

  it('touches no channel when nothing changed', () => {
    channels.apply(shardConfig('c2', [channelConfig('a', [tank, pump]), channelConfig('b', [valve])]));
    expect(driver.opened).toBe(2);
    expect([...driver.channels.values()].map(({ configs }) => configs.length)).toEqual([1, 1]);
  });

  it('touches only the channel and the device that changed', () => {
    const before = channels.devices();
    sinkOf('a').readings([good('pump', 'running', 1)]);
    taken();
    channels.apply(shardConfig('c2', [channelConfig('a', [{ ...tank, revision: 'r2' }, pump]), channelConfig('b', [valve])]));
    const after = channels.devices();
    expect(driver.channels.get('a')!.configs.length).toBe(2);
    expect(driver.channels.get('b')!.configs.length).toBe(1);
    expect(after.map((device, i) => device === before[i])).toEqual([false, true, true]);
    expect(after[0]!.state).toEqual(connected);
    sinkOf('a').readings([good('pump', 'running', 1), good('tank', 'level', 1)]);
    sinkOf('b').readings([good('valve', 'level', 1)]);
    expect(taken()).toEqual([['tank/level', 1, Status.Good]]);
  });

  it('marks the first reading after the unit changed, and no other', () => {
    const changed = { ...tank, revision: 'r2', tags: [effectiveTag('level', { unit: 'm' })] };
    channels.apply(shardConfig('c2', [channelConfig('a', [changed, pump]), channelConfig('b', [valve])]));
    for (const value of [1, 1, 2]) sinkOf('a').readings([good('tank', 'level', value)]);
    expect(sent.map(({ value, flags }) => [value, (flags & Flag.SemanticsChanged) !== 0])).toEqual([
      [1, true],
      [2, false],
    ]);
  });

  it('closes a channel that is gone and opens a new one, and hears nothing from the old', () => {
    const old = sinkOf('b');
    channels.apply(shardConfig('c2', [channelConfig('a', [tank, pump]), channelConfig('c', [valve])]));
    expect(driver.channels.get('b')!.closed).toBe(true);
    expect(driver.channels.get('a')!.configs.length).toBe(1);
    old.readings([good('valve', 'level', 99)]);
    old.state('valve', lost);
    expect(taken()).toEqual([]);
    sinkOf('c').readings([good('valve', 'level', 2)]);
    expect(taken()).toEqual([['valve/level', 2, Status.Good]]);
  });

  it('takes a disabled device off its channel and writes its tags out of service once', () => {
    const disabled = { ...tank, mode: 'Disabled' as const, revision: 'r2' };
    channels.apply(shardConfig('c2', [channelConfig('a', [disabled, pump]), channelConfig('b', [valve])]));
    channels.apply(shardConfig('c3', [channelConfig('a', [disabled, { ...pump, revision: 'r2' }]), channelConfig('b', [valve])]));
    expect(
      driver.channels
        .get('a')!
        .configs.at(-1)!
        .devices.map(({ name }) => name),
    ).toEqual(['pump']);
    sinkOf('a').readings([good('tank', 'level', 5)]);
    sinkOf('a').state('tank', connected);
    expect(taken()).toEqual([
      ['tank/level', undefined, Status.BadOutOfService],
      ['tank/flow', undefined, Status.BadOutOfService],
    ]);
    expect(channels.devices()[0]!.health()).toMatchObject({ connected: false, reason: 'Disabled', dataFlowing: false });
  });

  it('closes a channel whose devices are all disabled, and opens it again', () => {
    const disabled = { ...valve, mode: 'Disabled' as const, revision: 'r2' };
    channels.apply(shardConfig('c2', [channelConfig('a', [tank, pump]), channelConfig('b', [disabled])]));
    expect(driver.channels.get('b')!.closed).toBe(true);
    channels.apply(shardConfig('c3', [channelConfig('a', [tank, pump]), channelConfig('b', [valve])]));
    expect(driver.opened).toBe(3);
    sinkOf('b').state('valve', connected);
    sinkOf('b').readings([good('valve', 'level', 1)]);
    expect(taken()).toEqual([
      ['valve/level', undefined, Status.BadOutOfService],
      ['valve/level', 1, Status.Good],
    ]);
  });

  it('does not open a device that the driver refuses, and says why', () => {
    setUp(({ name }) => (name === 'tank' ? ['tags.level.modbus.address 70000 is beyond 65535'] : []));
    channels.apply(shardConfig('c1', [channelConfig('a', [tank, pump])]));
    expect(driver.channels.get('a')!.configs[0]!.devices.map(({ name }) => name)).toEqual(['pump']);
    expect(channels.devices()[0]!.health()).toMatchObject({
      reason: 'ConfigurationError',
      message: 'tags.level.modbus.address 70000 is beyond 65535',
      badTags: 2,
    });
  });

  it('opens nothing until it may poll, and says so', () => {
    const before = remembering(deps);
    const already = driver.opened;
    before.apply(shardConfig('c1', [channelConfig('a', [tank])]));
    expect(driver.opened).toBe(already);
    expect(before.devices()[0]!.health()).toMatchObject({ connected: false, reason: 'Standby', tags: 2, badTags: 0 });
    before.resume();
    expect(driver.opened).toBe(already + 1);
    expect(before.devices()[0]!.state.reason).toBe('Connecting');
  });

  it('closes all connections when it may not poll any more, writes nothing, and sends every tag anew later', async () => {
    sinkOf('a').state('tank', connected);
    sinkOf('a').readings([good('tank', 'level', 1)]);
    taken();
    const old = driver.channels.get('a')!;
    const closed = channels.suspend();
    old.sink.state('tank', lost);
    old.sink.readings([good('tank', 'level', 2)]);
    await closed;
    expect(old.closed).toBe(true);
    expect(sent).toEqual([]);
    channels.apply(shardConfig('c2', [channelConfig('a', [{ ...tank, revision: 'r2' }])]));
    expect(channels.devices().map((device) => device.health())).toMatchObject([{ device: 'tank', revision: 'r2', reason: 'Standby' }]);
    channels.resume();
    sinkOf('a').state('tank', connected);
    sinkOf('a').readings([good('tank', 'level', 1)]);
    expect(taken()).toEqual([['tank/level', 1, Status.Good]]);
  });

  it('does not open a channel again before the one before is closed', async () => {
    const already = driver.opened;
    let release = (): void => {};
    driver.closing = new Promise((resolve) => {
      release = resolve;
    });
    const suspended = channels.suspend();
    channels.resume();
    expect(driver.opened).toBe(already);
    release();
    await suspended;
    await Promise.resolve();
    expect(driver.opened).toBe(already + 2);
  });

  it('closes every channel at the end', async () => {
    await channels.close();
    expect([...driver.channels.values()].every(({ closed }) => closed)).toBe(true);
    expect(channels.devices()).toEqual([]);
  });
});

it('counts overruns and protocol errors', () => {
  channels.apply(shardConfig('c1', [channelConfig('a', [tank])]));
  sinkOf('a').overrun('tank', 3);
  sinkOf('a').protocolError('tank', 'WrongTransaction');
  expect(counts).toMatchObject({ overruns: 3, errors: ['WrongTransaction'] });
});
