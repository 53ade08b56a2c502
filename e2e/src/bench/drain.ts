import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { percentile, startBenchApi } from './bench-api.ts';
import { openBenchStore } from './bench-store.ts';
import type { DrainReport, DrainTask } from './drain-collector.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const TAGS = 1000;
const BACKLOG = 1_000_000;
const LIVE_RATE = 10_000;
const IDLE_MS = 8000;
const ROUNDS = 5;

/** A collector that begins again with a full log: how fast it is empty, and what that does to new readings. */
export const bench: Bench = {
  name: 'drain',
  description: `${BACKLOG.toLocaleString('en-US')} readings in the log of a former process, delivered beside ${LIVE_RATE.toLocaleString('en-US')} new ones a second; ${ROUNDS} rounds`,
  run: measure,
};

async function measure({ defer, step }: BenchContext): Promise<readonly BenchResult[]> {
  step('starting PostgreSQL');
  const store = await openBenchStore();
  defer(() => store.close());
  const api = await startBenchApi(store, { tags: TAGS, perBlock: 1000, step });
  defer(() => api.stop());
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-drain-'));
  defer(() => rmSync(folder, { recursive: true }));
  const rates: number[] = [];
  const draining: number[] = [];
  const idle: number[] = [];
  // The first round only warms up.
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    step(`delivering a backlog, round ${round}`);
    await store.reset();
    const { port, caPem, token } = api;
    const task = { port, caPem, token, round, tags: TAGS, backlog: BACKLOG, liveRate: LIVE_RATE, idleMs: IDLE_MS };
    const found = await drain({ ...task, folder: join(folder, String(round)) });
    if (round === 0) continue;
    rates.push(found.drainRate);
    draining.push(percentile(found.drainingMs, 0.99));
    idle.push(percentile(found.idleMs, 0.99));
  }
  const live = rates.map(() => LIVE_RATE);
  return [
    {
      ...{ name: 'drain', goal: 10, gate: 9, ratio: median(rates) / LIVE_RATE, unit: 'readings/s', higherIsBetter: true },
      ...{ ours: rates, peer: live, notes: ['the peer is the rate of new readings meanwhile'] },
    },
    {
      ...{ name: 'drain, new readings', goal: 2, gate: 2.2, ratio: median(draining) / median(idle), unit: 'ms', higherIsBetter: false },
      ...{
        ours: draining,
        peer: idle,
        notes: ['p99 from the cut of a block to its commit; the peer is the same collector with nothing waiting'],
      },
    },
  ];
}

function drain(task: DrainTask): Promise<DrainReport> {
  const child = fork(new URL('./drain-collector.ts', import.meta.url));
  child.send(task);
  return new Promise((resolve, reject) => {
    child.once('message', (report: DrainReport) => resolve(report));
    child.once('exit', (code) => reject(new Error(`the collector of the bench ended with ${code}`))); // ignored after its report
  });
}
