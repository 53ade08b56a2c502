import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createClock } from '@kubeplant/collector-core';
import { ClientSession, createLane, Link, type Outcome } from '@kubeplant/collector-modbus/session';
import modbus from 'modbus-serial';
import { median } from './median.ts';
import type { Bench, BenchResult } from './types.ts';

const CONNECTIONS = 10;
const REGISTERS = 100;
const ROUNDS = 7;
const ROUND_MS = 1_500;
const GOAL = 4;
const clock = createClock();

/**
 * Polls per second of processor time of our client and of modbus-serial, one request on its way per connection, both against the
 * same server. Processor time, because on few cores the server and the loopback are what the clock measures; the rate by the
 * clock is in the notes.
 */
export const bench: Bench = {
  name: 'modbus-polls',
  description: `${CONNECTIONS} connections × ${REGISTERS} registers against modbus-serial, ${ROUNDS} rounds`,
  run: measure,
};

/** A client that polls on all its connections until it is stopped. */
interface PollingClient {
  /** Polls answered so far. */
  readonly polls: () => number;
  stop(): Promise<void>;
}

async function measure(): Promise<BenchResult> {
  const server = fork(new URL('../peers/fast-modbus-server.ts', import.meta.url), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }];
    const ours: Sample[] = [];
    const peer: Sample[] = [];
    for (let round = 0; round < ROUNDS + 1; round++) {
      const samples = [await time(await startOurs(port)), await time(await startPeer(port))] as const;
      // The first round only warms up.
      if (round === 0) continue;
      ours.push(samples[0]);
      peer.push(samples[1]);
    }
    return toResult(ours, peer);
  } finally {
    server.disconnect();
  }
}

interface Sample {
  readonly perProcessorSecond: number;
  readonly perSecond: number;
}

function toResult(ours: readonly Sample[], peer: readonly Sample[]): BenchResult {
  const byProcessor = (samples: readonly Sample[]) => samples.map(({ perProcessorSecond }) => perProcessorSecond);
  const byClock = (samples: readonly Sample[]) => median(samples.map(({ perSecond }) => perSecond));
  const [oursByClock, peerByClock] = [byClock(ours), byClock(peer)];
  const notes = [
    `by the clock: ours ${Math.round(oursByClock)}, modbus-serial ${Math.round(peerByClock)} polls/s (${(oursByClock / peerByClock).toFixed(2)}×)`,
    `processor time per poll: ours ${(1e6 / median(byProcessor(ours))).toFixed(1)} µs, modbus-serial ${(1e6 / median(byProcessor(peer))).toFixed(1)} µs`,
  ];
  const ratio = median(byProcessor(ours)) / median(byProcessor(peer));
  return {
    name: 'modbus-polls',
    goal: GOAL,
    gate: GOAL * 0.9,
    ratio,
    unit: 'polls per processor second',
    higherIsBetter: true,
    ours: byProcessor(ours),
    peer: byProcessor(peer),
    notes,
  };
}

async function time(client: PollingClient): Promise<Sample> {
  const startMs = performance.now();
  const before = client.polls();
  const cpuBefore = process.cpuUsage();
  await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
  const polls = client.polls() - before;
  const elapsedMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  await client.stop();
  if (polls === 0) throw new Error('no poll was answered');
  return { perSecond: (polls * 1000) / elapsedMs, perProcessorSecond: (polls * 1e6) / (user + system) };
}

async function startOurs(port: number): Promise<PollingClient> {
  let polls = 0;
  const links = await Promise.all(Array.from({ length: CONNECTIONS }, () => pollOverLink(port, () => polls++)));
  return {
    polls: () => polls,
    stop: async () => {
      for (const link of links) link.close();
    },
  };
}

/** The client side of the driver: link and session, and every register decoded, as modbus-serial does. */
function pollOverLink(port: number, answered: () => void): Promise<Link> {
  const { promise, resolve } = Promise.withResolvers<Link>();
  const values = new Uint16Array(REGISTERS);
  const lane = createLane();
  const session = new ClientSession(
    { framing: 'Tcp', maxInFlight: 1, interRequestDelayMs: 0 },
    {
      write: (bytes) => link.write(bytes),
      protocolError: (_unitId, kind) => {
        throw new Error(`the server sent ${kind}`);
      },
      renew: () => link.renew(),
    },
  );
  const ask = () =>
    session.submit(lane, { unitId: 1, request: { function: 3, start: 0, count: REGISTERS }, timeoutMs: 2_000, done }, clock.monotonicMs());
  const done = (outcome: Outcome) => {
    if (outcome.kind !== 'data') return;
    for (let i = 0; i < REGISTERS; i++) values[i] = ((outcome.data[i * 2] ?? 0) << 8) | (outcome.data[i * 2 + 1] ?? 0);
    answered();
    ask();
  };
  const link: Link = new Link(
    { endpoints: [{ host: '127.0.0.1', port }], connectTimeoutMs: 2_000 },
    {
      up: () => {
        session.opened(clock.monotonicMs(), 0);
        resolve(link);
        ask();
      },
      down: () => session.closed(false),
      received: (bytes) => session.receive(bytes, clock.monotonicMs()),
    },
    clock,
  );
  return promise;
}

async function startPeer(port: number): Promise<PollingClient> {
  let polls = 0;
  let running = true;
  const clients = await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      const client = new modbus.default();
      await client.connectTCP('127.0.0.1', { port });
      client.setTimeout(2_000);
      client.setID(1);
      return client;
    }),
  );
  const loops = clients.map(async (client) => {
    while (running) {
      await client.readHoldingRegisters(0, REGISTERS);
      polls++;
    }
  });
  return {
    polls: () => polls,
    stop: async () => {
      running = false;
      await Promise.all(loops);
      for (const client of clients) client.close(() => undefined);
    },
  };
}
