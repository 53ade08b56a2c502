import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Order, Report } from '../live-clients.ts';
import { openHandles, rssMb } from '../process-use.ts';
import { type Rig, startRig } from '../rig.ts';
import { settle, until } from '../settle.ts';
import type { FaultCase } from '../types.ts';

const HEALTHY = 450;
const STALLED = 50;
const DEVICES = 20;
const TAGS = 60;
const MEASURE_MS = 12_000;
const LIVE_WITHIN_MS = 20_000;
const CLOSED_WITHIN_MS = 60_000;
/** Two cores carry all of it: of healthy clients so much later is still healthy. */
const MOST_SLOWER = 2;
const MARGIN_MS = 50;
/** Of each that does not read 1 MiB is kept, twice while it is sent, and of twice as many; besides what 450 that read need. */
const MOST_GROWTH_MB = STALLED * 2 * 2 + 100;

/** Fault 15: browsers that do not read, and all of them at once. */
export const faultCase: FaultCase = {
  name: 'clients',
  description: `${HEALTHY + STALLED} browsers, of which ${STALLED} read no more, then all of them connect anew at once`,
  run: async ({ seed, log }) => {
    const rig = await startRig({ seed, samplingInterval: '250ms', tags: TAGS, devices: DEVICES });
    const browsers = startBrowsers(rig);
    const broken: string[] = [];
    const most = watchMemory(rig);
    const allLive = async (what: string): Promise<number> => {
      const beganMs = Date.now();
      if (!(await until(async () => (await browsers.report()).live === HEALTHY, LIVE_WITHIN_MS))) broken.push(`${what}: not all are live`);
      return Date.now() - beganMs;
    };
    try {
      await sleep(2000);
      browsers.tell({ kind: 'healthy', count: HEALTHY });
      await allLive('at first');
      await sleep(2000);
      const handles = openHandles(rig.api.pid);
      const before = rssMb(rig.api.pid);
      browsers.tell({ kind: 'wide', count: STALLED });
      await sleep(2000);
      const alone = await browsers.measure();
      browsers.tell({ kind: 'stall' });
      const beside = await browsers.measure();
      const stalledMs = Date.now();
      if (!(await until(() => openHandles(rig.api.pid) <= handles, CLOSED_WITHIN_MS)))
        broken.push('browsers that do not read stay connected');
      log(`stalled browsers were closed within ${Math.round((Date.now() - stalledMs + MEASURE_MS) / 1000)} s`);
      browsers.tell({ kind: 'wide', count: STALLED });
      browsers.tell({ kind: 'reconnect' });
      await sleep(500);
      browsers.tell({ kind: 'stall' });
      const stormMs = await allLive('after the storm');
      const after = await browsers.measure();
      const { counts, broken: found } = await settle(rig);
      for (const { name, report } of [
        { name: 'with stalled browsers', report: beside },
        { name: 'after the storm', report: after },
      ])
        if (report.p99Ms > alone.p99Ms * MOST_SLOWER + MARGIN_MS)
          broken.push(`${name} p99 is ${report.p99Ms} ms, before ${alone.p99Ms} ms`);
      if (after.gaps + after.backwards > 0)
        broken.push(`healthy browsers missed ${after.gaps} values and got ${after.backwards} out of order`);
      const closedBeside = beside.closed - alone.closed;
      if (closedBeside > 0) broken.push(`${closedBeside} healthy browsers were closed beside stalled ones`);
      if (most() > before + MOST_GROWTH_MB) broken.push(`the api grew from ${before} to ${most()} MB`);
      return {
        counts,
        figures: {
          'p99 ms while all read': alone.p99Ms,
          'beside stalled': beside.p99Ms,
          'after the storm': after.p99Ms,
          'values at healthy': alone.values + beside.values + after.values,
          gaps: after.gaps,
          'all live again after ms': stormMs,
          'cut off again in the storm': after.closed - beside.closed,
          'api MB': `${before} → ${most()}`,
        },
        broken: [...broken, ...found],
      };
    } finally {
      browsers.stop();
      await rig.close();
    }
  },
};

function startBrowsers({ http }: Rig) {
  const names = Array.from({ length: DEVICES }, (_, index) => (index === 0 ? 'counter' : `counter-${index + 1}`));
  const all = names.flatMap((name) => Array.from({ length: TAGS }, (_, index) => `faults/${name}/count-${index}`));
  const url = `${http.url.replace('http', 'ws')}/api/v1/live`;
  const child = fork(new URL('../live-clients.ts', import.meta.url), [url, http.token, 'faults/counter/count-0', JSON.stringify(all)]);
  const tell = (order: Order): void => void child.send(order);
  const report = async (): Promise<Report> => {
    tell({ kind: 'report' });
    const [answer] = (await once(child, 'message')) as [Report];
    return answer;
  };
  return {
    tell,
    report,
    measure: async (): Promise<Report> => {
      await report();
      await sleep(MEASURE_MS);
      return report();
    },
    stop: () => child.disconnect(),
  };
}

/** The most memory of the api so far. */
function watchMemory(rig: Rig): () => number {
  let most = 0;
  const timer = setInterval(() => {
    most = Math.max(most, rssMb(rig.api.pid));
  }, 500);
  timer.unref();
  return () => most;
}
