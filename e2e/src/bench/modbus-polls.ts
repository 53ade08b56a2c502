import { startFastModbusServer } from '../peers/start-fast-modbus-server.ts';
import { median } from './median.ts';
import { type PollingClient, type PollingTask, startOurs, startPeer } from './modbus-clients.ts';
import type { Bench, BenchResult } from './types.ts';

const CONNECTIONS = 10;
const REGISTERS = 100;
const IN_FLIGHT = 8;
const ROUNDS = 7;
const SINGLE_ROUNDS = 5;
const WARM_MS = 300;
const ROUND_MS = 1_500;
const GOAL = 4;

/**
 * Polls a client can do in a second of processor time, ours and modbus-serial's, with the same number of requests on their way
 * per connection, both against the same server. Processor time and not the clock, because client, server and whatever else runs
 * share the cores: by the clock both wait for the others, and the ratio says more about the machine than about the clients.
 * With eight on their way the clients are what is measured; with one, most is a send and a receive in the kernel, which both
 * pay alike. That figure, and both by the clock, are in the notes.
 */
export const bench: Bench = {
  name: 'modbus-polls',
  description: `${CONNECTIONS} connections × ${REGISTERS} registers, ${IN_FLIGHT} requests on their way, against modbus-serial, ${ROUNDS} rounds`,
  run: measure,
};

interface Sample {
  readonly perSecond: number;
  /** Processor time of a poll, of the whole client process. */
  readonly processorUs: number;
}

interface Samples {
  readonly ours: readonly Sample[];
  readonly peer: readonly Sample[];
}

async function measure(): Promise<BenchResult> {
  const server = await startFastModbusServer();
  try {
    const task = { port: server.port, connections: CONNECTIONS, registers: REGISTERS };
    const many = await alternate({ ...task, inFlight: IN_FLIGHT }, ROUNDS);
    const single = await alternate({ ...task, inFlight: 1 }, SINGLE_ROUNDS);
    const notes = [
      `${IN_FLIGHT} on their way: ${describe(many)}`,
      `1 on its way: ${describe(single)}`,
      `the server is written in ${server.language}, a process of its own on the same cores`,
    ];
    const ours = many.ours.map(perProcessorSecond);
    const peer = many.peer.map(perProcessorSecond);
    const ratio = median(ours) / median(peer);
    const unit = 'polls per second of processor time';
    return { name: 'modbus-polls', goal: GOAL, gate: GOAL * 0.9, ratio, unit, higherIsBetter: true, ours, peer, notes };
  } finally {
    await server.stop();
  }
}

async function alternate(task: PollingTask, rounds: number): Promise<Samples> {
  const ours: Sample[] = [];
  const peer: Sample[] = [];
  for (let round = 0; round < rounds + 1; round++) {
    const samples = [await time(await startOurs(task)), await time(await startPeer(task))] as const;
    // The first round only warms up.
    if (round === 0) continue;
    ours.push(samples[0]);
    peer.push(samples[1]);
  }
  return { ours, peer };
}

async function time(client: PollingClient): Promise<Sample> {
  await pause(WARM_MS);
  const startMs = performance.now();
  const before = client.polls();
  const cpuBefore = process.cpuUsage();
  await pause(ROUND_MS);
  const polls = client.polls() - before;
  const elapsedMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpuBefore);
  await client.stop();
  if (polls === 0) throw new Error('no poll was answered');
  return { perSecond: (polls * 1000) / elapsedMs, processorUs: (user + system) / polls };
}

const perProcessorSecond = ({ processorUs }: Sample): number => 1e6 / processorUs;

function describe({ ours, peer }: Samples): string {
  const rate = (samples: readonly Sample[]) => median(samples.map(({ perSecond }) => perSecond));
  const cost = (samples: readonly Sample[]) => median(samples.map(({ processorUs }) => processorUs));
  const rates = `${Math.round(rate(ours))} against ${Math.round(rate(peer))} polls/s, ${(rate(ours) / rate(peer)).toFixed(2)}× by the clock`;
  const costs = `${cost(ours).toFixed(1)} against ${cost(peer).toFixed(1)} µs of processor time a poll, ${(cost(peer) / cost(ours)).toFixed(2)}×`;
  return `${rates}; ${costs}`;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
