import { fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { type WebSocket, WebSocketServer } from 'ws';
import { createFanOut, TICK_MS } from '../../../api/server/src/live/fan-out.ts';
import type { LiveHub, LiveValue, TagId } from '../../../api/server/src/ports.ts';
import { createLiveHub } from '../../../api/server/src/live/hub.ts';
import { createOutbox } from '../../../api/server/src/live/outbox.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const CLIENTS = 500;
const TAGS_EACH = 200;
const TAGS = 2_000;
const TICKS = 10;
const ROUNDS = 5;
const GOAL = 2;
const TENANT = 'local/default';

/** The api's way of values to browsers, over real sockets, against writing each client's message by itself. */
export const bench: Bench = {
  name: 'fan-out',
  description: `${CLIENTS} WebSocket clients × ${TAGS_EACH} of ${TAGS.toLocaleString('en-US')} tags, each new ten times a second, against JSON.stringify for each client; ${ROUNDS} rounds`,
  run: measure,
};

/** Sends each client the present values once; resolves when all are handed to the kernel. */
type SendAll = (tick: number) => Promise<void>;

async function measure(context: BenchContext): Promise<BenchResult> {
  const notes: string[] = [];
  for (const clients of [1, 10]) {
    const { ours, peer } = await compare(context, clients);
    notes.push(describe(clients, ours, peer));
  }
  const { ours, peer } = await compare(context, CLIENTS);
  notes.push(describe(CLIENTS, ours, peer));
  const unit = 'messages per second of processor time';
  return {
    name: 'fan-out',
    goal: GOAL,
    gate: GOAL * 0.9,
    ratio: median(ours) / median(peer),
    unit,
    higherIsBetter: true,
    ours,
    peer,
    notes,
  };
}

async function compare({ defer, step }: BenchContext, clients: number): Promise<{ ours: number[]; peer: number[] }> {
  step(`connecting ${clients} clients`);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listens on a port, not on a pipe
  const child = fork(new URL('./draining-clients.ts', import.meta.url), [String(port), String(clients)]);
  const end = defer(() => {
    if (child.connected) child.disconnect();
    for (const socket of server.clients) socket.terminate();
    server.close();
  });
  await once(child, 'message');
  while (server.clients.size < clients) await sleep(10);
  const sockets = [...server.clients];
  const way = sendOurWay(sockets);
  const each = sendEach(sockets);
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    step(`${clients} clients, round ${round}`);
    const samples = [await time(way.send, clients), await time(each, clients)] as const;
    // The first round only warms up.
    if (round > 0) [ours[round - 1], peer[round - 1]] = samples;
  }
  way.close();
  await end();
  return { ours, peer };
}

/** Messages per second of processor time of this process. */
async function time(send: SendAll, clients: number): Promise<number> {
  const before = process.cpuUsage();
  for (let tick = 0; tick < TICKS; tick += 1) await send(tick);
  const { user, system } = process.cpuUsage(before);
  return (clients * TICKS * 1e6) / (user + system);
}

const tagOf = (client: number, index: number): number => (client * 37 + index) % TAGS;
/** As a plant has them: a ring, so that making them is not what is measured. */
const VALUES = Float64Array.from({ length: TAGS * 2 }, (_, index) => Math.sin(index) * 100);
const valueAt = (tag: number, tick: number): number => VALUES[tag + tick] ?? 0;

function sendOurWay(sockets: readonly WebSocket[]): { readonly send: SendAll; readonly close: () => void } {
  const hub = createLiveHub();
  const fanOut = createFanOut(hub, () => performance.now());
  const tooSlow = (): never => {
    throw new Error('a client of the bench does not keep up');
  };
  for (const [client, socket] of sockets.entries()) {
    const outbox = createOutbox(socket, { now: Date.now, onTooSlow: tooSlow, onCaughtUp: tooSlow });
    for (let index = 0; index < TAGS_EACH; index += 1) fanOut.follow(TENANT, `default/device/tag-${tagOf(client, index)}`, outbox);
  }
  const send: SendAll = async (tick) => {
    publish(hub, tick);
    await sleep(TICK_MS * 1.2);
    await drained(sockets);
  };
  return { send, close: () => fanOut.close() };
}

const toTagId = (tag: number): TagId => tag as TagId; // no database gave it one

/** The values of a tick, into a hub that keeps the newest. */
function publish(hub: LiveHub, tick: number): void {
  const timeUs = Date.now() * 1000;
  const values = Array.from(
    { length: TAGS },
    (_, tag): LiveValue => ({
      ...{ tenant: TENANT, site: 'north', path: `default/device/tag-${tag}`, timeUs },
      ...{ value: valueAt(tag, tick), tagId: toTagId(tag), origin: 'Real', status: 0, flags: 0 },
    }),
  );
  hub.publishValues(values);
}

function sendEach(sockets: readonly WebSocket[]): SendAll {
  const hub = createLiveHub();
  const tags = sockets.map((_, client) => Array.from({ length: TAGS_EACH }, (_, index) => tagOf(client, index)));
  return async (tick) => {
    publish(hub, tick);
    const timeMs = Date.now();
    for (const [client, socket] of sockets.entries()) {
      const values = tags[client]?.map((tag) => [tag, timeMs, valueAt(tag, tick), 0]);
      socket.send(JSON.stringify({ type: 'values', values }));
    }
    await sleep(TICK_MS * 1.2);
    await drained(sockets);
  };
}

async function drained(sockets: readonly WebSocket[]): Promise<void> {
  while (sockets.some(({ bufferedAmount }) => bufferedAmount > 0)) await sleep(5);
}

function describe(clients: number, ours: readonly number[], peer: readonly number[]): string {
  const micros = (samples: readonly number[]): string => (1e6 / median(samples)).toFixed(1);
  return `${clients} watchers: ${micros(ours)} against ${micros(peer)} µs of processor time a message of ${TAGS_EACH} values, taking in all ${TAGS} included`;
}
