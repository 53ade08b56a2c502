import type { Socket } from 'node:net';
import { createClock } from '@kubeplant/collector-core';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { encodeAdu } from '../codec/adu.ts';
import type { Framing } from '../codec/framing.ts';
import { RegisterImage } from '../server/register-image.ts';
import { type HostileServer, RTU_TRICKS, startHostileServer, TCP_TRICKS, type Trick, TRICKS } from '../testing/hostile-server.ts';
import { makeChannel, makeDevice, makeTag } from '../testing/modbus-device.ts';
import { createRecordingSink } from '../testing/recording-sink.ts';
import { modbusDriver } from './modbus-driver.ts';

vi.setConfig({ testTimeout: 20_000 });
const within = { timeout: 15_000, interval: 10 };
const HONEST = 1234;
const TAGS = Array.from({ length: 4 }, (_, i) => makeTag(`t${i}`, { address: i }, { samplingInterval: '20ms' }));

type OnFinished = (fn: () => Promise<void>) => void;

async function start(
  framing: Framing,
  onFinished: OnFinished = onTestFinished,
  timeout = '60ms',
): Promise<{ server: HostileServer; sink: ReturnType<typeof createRecordingSink> }> {
  const image = new RegisterImage();
  image.set(3, 0, [HONEST, HONEST, HONEST, HONEST]);
  const server = await startHostileServer(framing, image);
  onFinished(() => server.close());
  const sink = createRecordingSink();
  const device = makeDevice('one', TAGS, { timeout, retries: 1 });
  const channel = modbusDriver.open({
    channel: makeChannel(server.port, [device], { framing, timeout }),
    sink,
    clock: createClock(),
  });
  onFinished(() => channel.close());
  await vi.waitFor(() => expect(sink.latest('one', 't3')?.value).toBe(HONEST), within);
  return { server, sink };
}

/** What each trick must be counted as; `undefined`: nothing arrived that could be counted. */
const COUNTED: Readonly<Record<string, string | undefined>> = {
  fewerRegisters: 'WrongLength',
  moreRegisters: 'WrongLength',
  wrongUnit: 'WrongUnit',
  wrongFunction: 'WrongFunction',
  writeInsteadOfRead: 'WrongFunction',
  unknownException: 'UnknownException',
  exceptionOfAnotherFunction: 'WrongFunction',
  foreignTransaction: 'UnexpectedReply',
  wrongProtocol: 'WrongProtocol',
  lengthBeyondTheStandard: 'WrongLength',
  lengthOfOne: 'WrongLength',
  wrongCrc: 'WrongCrc',
  wrongCrcOfWrongData: 'WrongCrc',
  flood: 'Flood',
};

const all: readonly [Framing, string, Trick][] = [
  ...Object.entries({ ...TRICKS, ...TCP_TRICKS }).map(([name, trick]) => ['Tcp', name, trick] as [Framing, string, Trick]),
  ...Object.entries({ ...TRICKS, ...RTU_TRICKS }).map(([name, trick]) => ['RtuOverTcp', name, trick] as [Framing, string, Trick]),
];

describe('a hostile device', () => {
  it.concurrent.for(all)(
    '%s %s ends in loss of the device and a counter, never in a value, and is forgotten when it behaves',
    async ([framing, name, trick], context) => {
      const { server, sink } = await start(framing, context.onTestFinished);
      server.trick = trick;
      await vi.waitFor(() => expect(sink.stateOf('one')?.connected).toBe(false), within);
      expect(['Timeout', 'ProtocolError', 'ConnectionLost']).toContain(sink.stateOf('one')?.reason);
      const kind = COUNTED[name];
      if (kind !== undefined) expect(sink.errors.get(kind)).toBeGreaterThan(0);
      for (const { value } of sink.all) expect(value).toBe(HONEST);
      server.trick = undefined;
      const before = sink.all.length;
      await vi.waitFor(() => {
        expect(sink.stateOf('one')?.connected).toBe(true);
        expect(sink.all.length).toBeGreaterThan(before);
      }, within);
    },
  );

  it.each(['Tcp', 'RtuOverTcp'] as const)('%s may send its frames byte by byte', async (framing) => {
    const { server, sink } = await start(framing, onTestFinished, '2s');
    const before = sink.all.length;
    server.trick = ({ socket, honest }) => sendSlowly(socket, honest);
    await vi.waitFor(() => expect(sink.all.length).toBeGreaterThan(before + 20), within);
    expect(sink.stateOf('one')?.connected).toBe(true);
    expect([...sink.errors]).toEqual([]);
  });

  it.each(['Tcp', 'RtuOverTcp'] as const)('%s that answers too late never has its late answer taken for a newer one', async (framing) => {
    const { server, sink } = await start(framing);
    let answers = 0;
    server.trick = (context) => {
      answers += 1;
      const stale = context.pdu.slice();
      if (answers === 1) stale.fill(0xee, 2);
      const late = { ...context, pdu: stale };
      setTimeout(() => answerWith(late), answers === 1 ? 90 : 0);
    };
    const before = sink.all.length;
    await vi.waitFor(() => expect(sink.all.length).toBeGreaterThan(before + 40), within);
    for (const { value } of sink.all) expect(value).toBe(HONEST);
    if (framing === 'Tcp') expect(sink.errors.get('LateReply')).toBeGreaterThan(0);
  });

  it.each(['Tcp', 'RtuOverTcp'] as const)('%s that floods costs bounded memory', async (framing) => {
    const { server, sink } = await start(framing);
    const before = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers;
    server.trick = TRICKS.flood;
    await vi.waitFor(() => expect([...sink.errors.values()].reduce((a, b) => a + b, 0)).toBeGreaterThan(400), within);
    server.trick = undefined;
    await vi.waitFor(() => expect(sink.stateOf('one')?.connected).toBe(true), within);
    const grown = process.memoryUsage().heapUsed + process.memoryUsage().arrayBuffers - before;
    expect(grown).toBeLessThan(100 * 2 ** 20);
  });
});

/** Byte after byte: each sets the timer of the next, as timers of different lengths do not fire in their order. */
function sendSlowly(socket: Socket, rest: Uint8Array): void {
  if (rest.length === 0) return;
  socket.write(rest.subarray(0, 1));
  setTimeout(() => sendSlowly(socket, rest.subarray(1)), 1);
}

function answerWith({ socket, framing, transactionId, unitId, pdu }: Parameters<Trick>[0]): void {
  socket.write(encodeAdu(framing, transactionId, unitId, pdu));
}
