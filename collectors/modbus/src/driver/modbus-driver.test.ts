import { createClock } from '@kubeplant/collector-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createModbusServer, type ModbusServer } from '../server/modbus-server.ts';
import { RegisterImage } from '../server/register-image.ts';
import { makeChannel, makeDevice, makeTag } from '../testing/modbus-device.ts';
import { createRecordingSink } from '../testing/recording-sink.ts';
import { modbusDriver } from './modbus-driver.ts';
import { ModbusChannel } from './modbus-channel.ts';

const clock = createClock();
const cleanups: (() => Promise<void>)[] = [];
vi.setConfig({ testTimeout: 20_000 });
const within = { timeout: 15_000, interval: 10 };

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Plant {
  readonly server: ModbusServer;
  readonly requests: Map<number, number>;
  readonly connections: () => number;
}

/** A server with one image per unit that counts requests and connections; a unit without an image never answers. */
async function startServer(
  units: Record<number, RegisterImage>,
  options: { port?: number; framing?: 'Tcp' | 'RtuOverTcp' } = {},
): Promise<Plant> {
  const requests = new Map<number, number>();
  let connections = 0;
  const server = await createModbusServer({
    framing: options.framing ?? 'Tcp',
    host: '127.0.0.1',
    port: options.port ?? 0,
    unit: (id) => units[id],
    onRequest: (id) => requests.set(id, (requests.get(id) ?? 0) + 1),
    onConnection: () => {
      connections += 1;
    },
  });
  cleanups.push(() => server.close());
  return { server, requests, connections: () => connections };
}

function holding(values: Record<number, readonly number[]>): RegisterImage {
  const image = new RegisterImage();
  for (const [start, registers] of Object.entries(values)) image.set(3, Number(start), registers);
  return image;
}

function open(config: Parameters<typeof modbusDriver.open>[0]['channel']) {
  const sink = createRecordingSink();
  const channel = modbusDriver.open({ channel: config, sink, clock });
  cleanups.push(() => channel.close());
  return { sink, channel };
}

describe('modbusDriver', () => {
  for (const framing of ['Tcp', 'RtuOverTcp'] as const) {
    it(`reads the tags of two units over one connection with ${framing} framing`, async () => {
      const { server, connections } = await startServer({ 1: holding({ 0: [11, 12] }), 2: holding({ 5: [25] }) }, { framing });
      const one = makeDevice('one', [makeTag('a', { address: 0 }), makeTag('b', { address: 1 })]);
      const two = makeDevice('two', [makeTag('c', { address: 6, addressBase: 1 })], { unitId: 2 });
      const { sink } = open(makeChannel(server.port, [one, two], { framing }));
      await vi.waitFor(() => {
        expect(sink.latest('one', 'b')?.value).toBe(12);
        expect(sink.latest('two', 'c')?.value).toBe(25);
        expect(sink.stateOf('two')?.connected).toBe(true);
        expect(sink.observedCount.get('one')).toBeGreaterThan(2);
      }, within);
      expect(connections()).toBe(1);
      expect(sink.errors.size).toBe(0);
    });

    it(`does not slow a unit down when another one is silent, with ${framing} framing`, async () => {
      const { server, requests } = await startServer({ 1: holding({ 0: [1] }) }, { framing });
      const alive = makeDevice('alive', [makeTag('a', { address: 0 })]);
      const dead = makeDevice('dead', [makeTag('a', { address: 0 })], { unitId: 9 });
      const { sink } = open(makeChannel(server.port, [alive, dead], { framing }));
      await vi.waitFor(() => expect(sink.stateOf('dead')?.reason).toBe('Timeout'), within);
      const before = requests.get(1) ?? 0;
      const startMs = performance.now();
      await vi.waitFor(() => expect(requests.get(9)).toBeGreaterThan(2), within);
      const possible = (performance.now() - startMs) / 50;
      expect((requests.get(1) ?? 0) - before).toBeGreaterThan(possible * 0.7);
      expect(sink.states.filter(({ device }) => device === 'alive').map(({ state }) => state.reason)).toEqual(['Connecting', 'Connected']);
    });
  }

  it('rejects the one bad tag of a merged read with its reason and goes on reading the others', async () => {
    const image = holding({ 0: Array.from({ length: 20 }, (_, i) => i), 21: Array.from({ length: 20 }, (_, i) => 21 + i) });
    const { server } = await startServer({ 1: image });
    const tags = Array.from({ length: 41 }, (_, i) => makeTag(`t${i}`, { address: i }));
    const { sink } = open(makeChannel(server.port, [makeDevice('one', tags)]));
    await vi.waitFor(() => {
      expect([...sink.refused.keys()]).toEqual(['one/t20']);
      for (let i = 0; i < 41; i++) if (i !== 20) expect(sink.latest('one', `t${i}`)?.value).toBe(i);
    }, within);
    expect(sink.refused.get('one/t20')).toContain('Illegal Data Address (02)');
    expect(sink.latest('one', 't20')).toMatchObject({ value: undefined, status: 0x8034 });
    expect(sink.stateOf('one')?.connected).toBe(true);
  });

  it('takes an edited, an added and a removed device without a reconnect or a missed poll of the others', async () => {
    const { server, requests, connections } = await startServer({
      1: holding({ 0: [1, 2] }),
      2: holding({ 0: [3] }),
      3: holding({ 0: [4] }),
    });
    const kept = makeDevice('kept', [makeTag('a', { address: 0 }, { samplingInterval: '150ms' })]);
    const edited = makeDevice('edited', [makeTag('a', { address: 0 })], { unitId: 2 });
    const added = makeDevice('added', [makeTag('a', { address: 0 })], { unitId: 3 });
    const { sink, channel } = open(makeChannel(server.port, [kept, edited]));
    await vi.waitFor(() => expect(sink.observedCount.get('kept')).toBeGreaterThan(1), within);
    const startMs = performance.now();
    const before = requests.get(1) ?? 0;
    for (let i = 0; i < 10; i++) {
      const devices = i % 2 === 0 ? [kept, added] : [kept, { ...edited, revision: `edited-${i}` }];
      channel.update(makeChannel(server.port, devices));
      await vi.waitFor(
        () => expect(sink.all.filter(({ device }) => device === (i % 2 === 0 ? 'added' : 'edited')).length).toBeGreaterThan(i / 2),
        within,
      );
    }
    await vi.waitFor(() => expect((requests.get(1) ?? 0) - before).toBeGreaterThan(10), within);
    const due = (performance.now() - startMs) / 150;
    expect((requests.get(1) ?? 0) - before).toBeGreaterThanOrEqual(Math.floor(due) - 1);
    expect(connections()).toBe(1);
    expect(sink.overruns.get('kept')).toBeUndefined();
    expect(sink.states.filter(({ device }) => device === 'kept').map(({ state }) => state.reason)).toEqual(['Connecting', 'Connected']);
  });

  it('connects again when the server comes back, and says why it is away', async () => {
    const { server } = await startServer({ 1: holding({ 0: [7] }) });
    const { sink } = open(makeChannel(server.port, [makeDevice('one', [makeTag('a', { address: 0 })])]));
    await vi.waitFor(() => expect(sink.latest('one', 'a')?.value).toBe(7), within);
    await server.close();
    await vi.waitFor(() => expect(sink.stateOf('one')?.reason).toBe('ConnectionRefused'), within);
    expect(sink.stateOf('one')?.message).toContain(`127.0.0.1:${server.port} refuses the connection`);
    await startServer({ 1: holding({ 0: [8] }) }, { port: server.port });
    await vi.waitFor(() => expect(sink.latest('one', 'a')?.value).toBe(8), within);
  });

  it('goes to the standby when the endpoint fails and back when it answers again', async () => {
    const main = await startServer({ 1: holding({ 0: [1] }) });
    const standby = await startServer({ 1: holding({ 0: [2] }) });
    const sink = createRecordingSink();
    const config = makeChannel(main.server.port, [makeDevice('one', [makeTag('a', { address: 0 })])], {
      standby: { host: '127.0.0.1', port: standby.server.port },
    });
    const channel = new ModbusChannel(config, { sink, clock, backToPreferredMs: 100 });
    cleanups.push(() => channel.close());
    await vi.waitFor(() => expect(sink.latest('one', 'a')?.value).toBe(1), within);
    await main.server.close();
    await vi.waitFor(() => expect(sink.latest('one', 'a')?.value).toBe(2), within);
    await startServer({ 1: holding({ 0: [3] }) }, { port: main.server.port });
    await vi.waitFor(() => expect(sink.latest('one', 'a')?.value).toBe(3), within);
  });

  it('keeps as many requests on their way as declared, and one by default', async () => {
    for (const maxInFlight of [1, 4]) {
      const { server } = await startServer({ 1: holding({ 0: [1], 100: [2], 200: [3], 300: [4] }) });
      const tags = [0, 100, 200, 300].map((address) => makeTag(`t${address}`, { address }));
      const { sink } = open(makeChannel(server.port, [makeDevice('one', tags)], { maxInFlight }));
      await vi.waitFor(() => expect(sink.latest('one', 't300')?.value).toBe(4), within);
    }
  });

  it('rejects a tag whose declaration cannot be read, naming field and value, and reads the others', async () => {
    const { server } = await startServer({ 1: holding({ 0: [5] }) });
    const tags = [
      makeTag('a', { address: 0 }),
      makeTag('b', { address: 70_000 }),
      makeTag('c', { address: 1, rawType: 'Float32', register: 'Coil' }),
    ];
    const { sink } = open(makeChannel(server.port, [makeDevice('one', tags)]));
    await vi.waitFor(() => expect(sink.latest('one', 'a')?.value).toBe(5), within);
    expect(sink.refused.get('one/b')).toBe('tags.b.modbus.address: 70000 with addressBase 0 and 1 registers is outside 0…65535');
    expect(sink.refused.get('one/c')).toBe('tags.c.modbus.rawType: Float32 cannot be read from a Coil; use Boolean');
    expect(sink.latest('one', 'b')).toMatchObject({ value: undefined, status: 0x8089 });
  });

  it('refuses a device without connection settings', () => {
    const { modbusTcp: _, ...device } = makeDevice('one', []);
    expect(modbusDriver.check?.(device)).toEqual(['connection.modbusTcp: missing; say host and unitId']);
  });
});
