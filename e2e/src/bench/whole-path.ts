import { percentile, startBenchApi } from './bench-api.ts';
import { copyOurWay, openBenchStore, ROWS } from './bench-store.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const ROUNDS = 5;
const TAGS = 1_000;
const PER_BLOCK = 1_000;
/** The fixed load: 50,000 readings a second for four seconds. */
const PACED_BLOCKS = 200;
const PACED_EVERY_MS = 20;

/** Collector process → TLS → owner with alarms → commit → acknowledgement, against the store alone. */
export const bench: Bench = {
  name: 'whole-path',
  description: `${ROWS.toLocaleString('en-US')} readings of ${TAGS} tags with a limit each, acknowledged after commit; ${ROUNDS} rounds`,
  run: measure,
};

async function measure({ defer, step }: BenchContext): Promise<BenchResult> {
  step('starting PostgreSQL');
  const store = await openBenchStore();
  defer(() => store.close());
  const api = await startBenchApi(store, { tags: TAGS, perBlock: PER_BLOCK, step });
  defer(() => api.stop());
  const ours: number[] = [];
  const peer: number[] = [];
  // The first round only warms up.
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    step(`the store alone, round ${round}`);
    await store.reset();
    const alone = await copyOurWay(store.store);
    await store.reset();
    const { elapsedMs } = await api.deliver({ run: `fast-${round}`, blocks: ROWS / PER_BLOCK, everyMs: 0 });
    if (round > 0) [ours[round - 1], peer[round - 1]] = [ROWS / (elapsedMs / 1000), alone];
  }
  await store.reset();
  const paced = await api.deliver({ run: 'paced', blocks: PACED_BLOCKS, everyMs: PACED_EVERY_MS });
  const at = (share: number): string => percentile(paced.ackMs, share).toFixed(0);
  const notes = [`acknowledgement at 50,000 readings/s: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms (goal 100 ms)`];
  return {
    name: 'whole-path',
    goal: 0.7,
    gate: 0.63,
    ratio: median(ours) / median(peer),
    unit: 'readings/s',
    higherIsBetter: true,
    ours,
    peer,
    notes,
  };
}
