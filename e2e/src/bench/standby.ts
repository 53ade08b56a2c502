import { freePort } from '@kubeplant/kit';
import { readMetrics, sumOf } from '../faults/metrics.ts';
import { type Rig, startRig } from '../faults/rig.ts';
import type { Supervised } from '../faults/supervised.ts';
import { untilServedIsStored } from '../faults/until-stored.ts';
import { until } from '../plant/run-plant.ts';
import { figure, slowest } from './figure.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const ROUNDS = 5;
const GOAL_S = 8;
const SAMPLING = '100ms';
const ENDS = [
  { name: 'standby', end: (collector: Supervised) => collector.halt(), note: 'killed: the api sees the stream end' },
  { name: 'standby, frozen', end: freeze, note: 'frozen, as on a node that is gone: the api waits 5 s for a word' },
] as const;

/** One of the two collectors of a shard. */
interface Seat {
  readonly process: Supervised;
  /** Address of its metrics. */
  readonly probes: string;
}

/** The polling collector of a Warm pair ends without a word; a reading that the other one takes is committed. */
export const bench: Bench = {
  name: 'standby',
  description: `the polling collector of a Warm pair killed, and frozen, until a reading of the other one is committed, ${ROUNDS} times each (goal ${GOAL_S} s)`,
  run: async (context) => {
    context.step('starting a plant with two collectors');
    const rig = await startRig({ seed: 1, samplingInterval: SAMPLING, highAvailability: 'Warm' });
    const close = context.defer(() => rig.close());
    const port = await freePort();
    const seats: Seat[] = [
      { process: rig.collector, probes: rig.probes.collector },
      { process: rig.startSecondCollector('collector-1', 'collector-1', port), probes: `http://127.0.0.1:${port}` },
    ];
    const results: BenchResult[] = [];
    for (const end of ENDS) results.push(await measure(context, { rig, seats, ...end }));
    context.step('stopping the plant');
    await close();
    return results;
  },
};

type Pair = (typeof ENDS)[number] & { readonly rig: Rig; readonly seats: readonly Seat[] };

async function measure({ step }: BenchContext, { rig, seats, name, end, note }: Pair): Promise<BenchResult> {
  const ours: number[] = [];
  for (let round = 1; round <= ROUNDS; round += 1) {
    step(`waiting until one collector polls and the other waits, ${name}, round ${round}`);
    const polling = await until('a collector that polls and one that waits', () => findPolling(seats));
    step(`waiting for a reading of the other collector, ${name}, round ${round}`);
    const startMs = performance.now();
    await end(polling.process);
    await untilServedIsStored(rig);
    ours.push((performance.now() - startMs) / 1000);
    await polling.process.halt();
    polling.process.resume();
    await polling.process.ready();
  }
  return figure(name, GOAL_S, ours, [note, slowest(ours)]);
}

async function freeze({ pid = 0 }: Supervised): Promise<void> {
  process.kill(pid, 'SIGSTOP');
}

/** Undefined unless exactly one has its devices, and both a stream to the api. */
async function findPolling(seats: readonly Seat[]): Promise<Seat | undefined> {
  const metrics = await Promise.all(seats.map(({ probes }) => readMetrics(probes)));
  if (!metrics.every((one) => sumOf(one, 'kubeplant_collector_uplink_connected') === 1)) return undefined;
  const polling = seats.filter((_, index) => sumOf(metrics[index] ?? new Map(), 'kubeplant_collector_devices_connected') > 0);
  return polling.length === 1 ? polling[0] : undefined;
}
