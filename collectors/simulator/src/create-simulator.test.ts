import { modbusDriver } from '@kubeplant/collector-modbus';
import type { ChannelConfig, EffectiveDevice, EffectiveSignal, EffectiveTag, SimulatorConfig } from '@kubeplant/crds/model';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createSimulator } from './create-simulator.ts';

vi.setConfig({ testTimeout: 20_000 });
const within = { timeout: 15_000, interval: 10 };
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const connection = {
  framing: 'Tcp',
  timeout: '500ms',
  connectDelay: '0s',
  interRequestDelay: '0s',
  maxInFlight: 1,
  retries: 1,
  maxRegistersPerRead: 125,
  maxBitsPerRead: 2000,
  mergeGap: 8,
} as const;

function makeTag(name: string, rest: Partial<Omit<EffectiveTag, 'modbus'>> & { modbus: Partial<EffectiveTag['modbus']> }): EffectiveTag {
  return {
    name,
    kind: 'Analog',
    dataType: 'Float64',
    samplingInterval: '20ms',
    staleAfter: '5s',
    deadband: { type: 'None', value: 0 },
    ...rest,
    modbus: { register: 'Holding', address: 0, addressBase: 0, rawType: 'UInt16', byteOrder: 'ABCD', ...rest.modbus },
  };
}

function makeDevice(name: string, unitId: number, tags: readonly EffectiveTag[]): EffectiveDevice {
  return {
    namespace: 'default',
    name,
    uid: name,
    revision: name,
    labels: {},
    mode: 'Active',
    protocol: 'ModbusTcp',
    simulated: true,
    tags,
    communicationAlarm: { priority: 'None', onDelay: '0s' },
    modbusTcp: { host: '10.0.0.1', port: 502, unitId, ...connection },
  };
}

type Served = { device: EffectiveDevice; signals: readonly EffectiveSignal[] };
const makeConfig = (listeners: Record<string, readonly Served[]>): SimulatorConfig => ({
  formatVersion: 2,
  tenant: 'local/default',
  namespace: 'default',
  site: 's',
  simulation: 'sim',
  revision: '1',
  interval: '20ms',
  listeners: Object.entries(listeners).map(([channel, devices]) => ({ channel, framing: 'Tcp', port: 0, devices })),
});

function start() {
  const simulator = createSimulator({
    host: '127.0.0.1',
    log: { info: () => undefined, error: () => undefined },
    setTicker: (intervalMs, fn) => {
      const timer = setInterval(fn, intervalMs);
      return () => clearInterval(timer);
    },
  });
  cleanups.push(() => simulator.close());
  return simulator;
}

const clock = {
  nowUs: () => Date.now() * 1000,
  monotonicMs: () => performance.now(),
  setTimer: (delayMs: number, fn: () => void) => {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  },
};

/** Read devices with our own driver; raw values as they come off the wire. */
function read(port: number, devices: readonly EffectiveDevice[]) {
  const values = new Map<string, number | string | undefined>();
  const rejected = new Set<string>();
  const states: string[] = [];
  const channel: ChannelConfig = {
    key: 'k',
    protocol: 'ModbusTcp',
    endpoint: { host: '127.0.0.1', port },
    modbusTcp: connection,
    simulated: true,
    devices,
  };
  const open = modbusDriver.open({
    channel,
    clock,
    sink: {
      readings: (readings) => {
        for (const { tag, value } of readings) values.set(tag, value);
      },
      rejected: (_device, tag, reason) => reason && rejected.add(tag),
      state: (_device, { reason }) => void states.push(reason),
      observed: () => undefined,
      overrun: () => undefined,
      protocolError: () => undefined,
    },
  });
  cleanups.push(() => open.close());
  return { values, rejected, states };
}

describe('createSimulator', () => {
  it('serves engineering values in the declared coding, so that a collector reads them back', async () => {
    const tags = [
      makeTag('scaled', { scale: { factor: 0.1, offset: 5 }, modbus: { rawType: 'Int16' } }),
      makeTag('points', { scale: { rawLow: 0, rawHigh: 27648, engLow: 0, engHigh: 10 }, modbus: { address: 1 } }),
      makeTag('swapped', { modbus: { address: 2, rawType: 'Float32', byteOrder: 'CDAB' } }),
      makeTag('bcd', { modbus: { address: 4, rawType: 'Bcd16' } }),
      makeTag('bit', { modbus: { address: 5, addressBase: 1, rawType: 'Boolean', bit: 7, register: 'Input' } }),
      makeTag('coil', { modbus: { register: 'Coil', rawType: 'Boolean', address: 9 } }),
      makeTag('silent', { modbus: { address: 10, invalid: [32768] } }),
      makeTag('name', { kind: 'Text', dataType: 'String', modbus: { address: 20, rawType: 'String', length: 8 } }),
    ];
    const signals = [
      { tag: 'scaled', constant: 25 },
      { tag: 'points', constant: 5 },
      { tag: 'swapped', constant: 1.5 },
      { tag: 'bcd', constant: 1234 },
      { tag: 'bit', constant: 1 },
      { tag: 'coil', constant: 1 },
    ];
    const device = makeDevice('meter', 7, tags);
    const endpoints = await start().apply(makeConfig({ a: [{ device, signals }] }));
    const { values } = read(endpoints['default/a']!.port, [device]);
    await vi.waitFor(() => {
      expect(Object.fromEntries(values)).toEqual({
        scaled: 200,
        points: 13824,
        swapped: 1.5,
        bcd: 1234,
        bit: 1,
        coil: 1,
        silent: 32768,
        name: 'meter',
      });
    }, within);
  });

  it('answers Illegal Data Address where no tag declares a register, and nothing for a unit that is not there', async () => {
    const device = makeDevice('meter', 1, [makeTag('a', { modbus: { address: 1 } })]);
    const endpoints = await start().apply(makeConfig({ a: [{ device, signals: [{ tag: 'a', constant: 3 }] }] }));
    const asked = [
      makeDevice('meter', 1, [makeTag('a', { modbus: { address: 1 } }), makeTag('b', { modbus: { address: 2 } })]),
      makeDevice('ghost', 2, [makeTag('c', { modbus: {} })]),
    ];
    const { values, rejected, states } = read(endpoints['default/a']!.port, asked);
    await vi.waitFor(() => {
      expect(values.get('a')).toBe(3);
      expect([...rejected]).toEqual(['b']);
      expect(states).toContain('Timeout');
    }, within);
  });

  it('lets values move and tags of other devices follow', async () => {
    const one = makeDevice('one', 1, [makeTag('level', { scale: { factor: 0.01 }, modbus: {} })]);
    const two = makeDevice('two', 2, [makeTag('copy', { modbus: { rawType: 'Float32' } })]);
    const endpoints = await start().apply(
      makeConfig({
        a: [
          { device: one, signals: [{ tag: 'level', expression: 'previous + dt' }] },
          { device: two, signals: [{ tag: 'copy', follow: { device: 'one', tag: 'level', factor: 2 } }] },
        ],
      }),
    );
    const { values } = read(endpoints['default/a']!.port, [one, two]);
    await vi.waitFor(() => {
      expect(Number(values.get('level'))).toBeGreaterThan(10);
      expect(Number(values.get('copy'))).toBeGreaterThan(0.2);
    }, within);
  });

  it('keeps ports and running signals when its configuration changes', async () => {
    const simulator = start();
    const one = makeDevice('one', 1, [makeTag('level', { modbus: { rawType: 'Float32' } })]);
    const signals = [{ tag: 'level', expression: 'previous + dt * 100.0' }];
    const before = await simulator.apply(makeConfig({ a: [{ device: one, signals }] }));
    const { values, states } = read(before['default/a']!.port, [one]);
    await vi.waitFor(() => expect(Number(values.get('level'))).toBeGreaterThan(10), within);
    const edited = { ...one, tags: [...one.tags, makeTag('more', { modbus: { address: 5 } })] };
    const after = await simulator.apply(makeConfig({ a: [{ device: edited, signals }], b: [] }));
    expect(after['default/a']).toEqual(before['default/a']);
    expect(Object.keys(after)).toEqual(['default/a', 'default/b']);
    const reached = Number(values.get('level'));
    await vi.waitFor(() => expect(Number(values.get('level'))).toBeGreaterThan(reached), within);
    expect(states).toEqual(['Connecting', 'Connected']);
    const last = await simulator.apply(makeConfig({ b: [] }));
    expect(Object.keys(last)).toEqual(['default/b']);
  });

  it('says which channel it cannot serve, and serves the others', async () => {
    const simulator = start();
    const taken = (await simulator.apply(makeConfig({ a: [] })))['default/a']!.port;
    const other = start();
    const config = makeConfig({ a: [], b: [] });
    const endpoints = await other.apply({
      ...config,
      listeners: config.listeners.map((listener) => (listener.channel === 'a' ? { ...listener, port: taken } : listener)),
    });
    expect(Object.keys(endpoints)).toEqual(['default/b']);
    expect(other.problem()).toContain(`channel default/a: cannot listen on 127.0.0.1:${taken}`);
  });
});
