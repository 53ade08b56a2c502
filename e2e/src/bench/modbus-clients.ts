import { createClock } from '@kubeplant/collector-core';
import { ClientSession, createLane, Link, type Outcome } from '@kubeplant/collector-modbus/session';
import modbus from 'modbus-serial';

/** What a client has to do: the same for both. */
export interface PollingTask {
  readonly port: number;
  readonly connections: number;
  readonly registers: number;
  /** Requests on their way per connection. */
  readonly inFlight: number;
}

/** A client that polls on all its connections until it is stopped. */
export interface PollingClient {
  /** Polls answered so far. */
  readonly polls: () => number;
  stop(): Promise<void>;
}

const TIMEOUT_MS = 2_000;
const clock = createClock();

/** The client side of the driver: link and session, and every register decoded, as modbus-serial does. */
export async function startOurs(task: PollingTask): Promise<PollingClient> {
  let polls = 0;
  const count = () => {
    polls += 1;
  };
  const links = await Promise.all(Array.from({ length: task.connections }, () => pollOverLink(task, count)));
  return {
    polls: () => polls,
    stop: async () => {
      for (const link of links) link.close();
    },
  };
}

function pollOverLink({ port, registers, inFlight }: PollingTask, answered: () => void): Promise<Link> {
  const { promise, resolve } = Promise.withResolvers<Link>();
  const values = new Uint16Array(registers);
  const lane = createLane();
  const session = new ClientSession(
    { framing: 'Tcp', maxInFlight: inFlight, interRequestDelayMs: 0 },
    {
      write: (bytes) => link.write(bytes),
      protocolError: (_unitId, kind) => {
        throw new Error(`the server sent ${kind}`);
      },
      renew: () => link.renew(),
    },
  );
  const request = { function: 3, start: 0, count: registers } as const;
  let nowMs = 0;
  const ask = () => session.submit(lane, { unitId: 1, request, timeoutMs: TIMEOUT_MS, done }, nowMs);
  const done = (outcome: Outcome) => {
    if (outcome.kind !== 'data') return;
    for (let i = 0; i < registers; i++) values[i] = ((outcome.data[i * 2] ?? 0) << 8) | (outcome.data[i * 2 + 1] ?? 0);
    answered();
    ask();
  };
  const link: Link = new Link(
    { endpoints: [{ host: '127.0.0.1', port }], connectTimeoutMs: TIMEOUT_MS },
    {
      up: () => {
        nowMs = clock.monotonicMs();
        session.opened(nowMs, 0);
        resolve(link);
        for (let i = 0; i < inFlight; i++) ask();
      },
      down: () => session.closed(false),
      received: (bytes) => {
        nowMs = clock.monotonicMs();
        session.receive(bytes, nowMs);
      },
    },
    clock,
  );
  return promise;
}

/** modbus-serial as its users call it, as often at once as there may be requests on their way. */
export async function startPeer({ port, connections, registers, inFlight }: PollingTask): Promise<PollingClient> {
  let polls = 0;
  let running = true;
  const clients = await Promise.all(
    Array.from({ length: connections }, async () => {
      const client = new modbus.default();
      await client.connectTCP('127.0.0.1', { port });
      client.setTimeout(TIMEOUT_MS);
      client.setID(1);
      return client;
    }),
  );
  const loops = clients.flatMap((client) =>
    Array.from({ length: inFlight }, async () => {
      while (running) {
        await client.readHoldingRegisters(0, registers);
        polls += 1;
      }
    }),
  );
  return {
    polls: () => polls,
    stop: async () => {
      running = false;
      await Promise.all(loops);
      for (const client of clients) client.close(() => undefined);
    },
  };
}
