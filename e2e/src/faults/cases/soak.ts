import { setTimeout as sleep } from 'node:timers/promises';
import { type Rig, startRig } from '../rig.ts';
import { judgeMemory, type Sample } from '../judge-memory.ts';
import { p99Of, readMetrics } from '../metrics.ts';
import { openHandles, rssMb } from '../process-use.ts';
import { settle } from '../settle.ts';
import type { FaultCase } from '../types.ts';
import { watchAnnounced } from '../watch-announced.ts';

const MINUTES = Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 30);
const TAGS = 60;
const SAMPLING_MS = 10;
/** Half of what a machine with two cores sustains with everything on it: commits keep up at 96,000 a second, and fall behind at 160,000. */
const RATE = Number(process.env.KUBEPLANT_FAULT_RATE ?? 48_000);
const DEVICES = Math.max(1, Math.round((RATE * SAMPLING_MS) / (TAGS * 1000)));
/** Lost with a killed collector: what it had not handed to the system yet. */
const UNWRITTEN_MS = 300;
const SAMPLE_MS = 5000;
/** The end of each minute, when its fault has passed. */
const CALM_MS = 20_000;
/** How long a stall lasts. */
const FAULT_MS = 8_000;

interface Fault {
  readonly name: string;
  begin(rig: Rig): Promise<unknown>;
}

/** One a minute, in turn, from the second on. */
const FAULTS: readonly (Fault & { readonly later?: Fault })[] = [
  { name: 'streams cut', begin: async (rig) => rig.proxies.ingest.cut() },
  { name: 'database connections cut', begin: async (rig) => rig.proxies.database.cut() },
  { name: 'database stalls', begin: (rig) => toxic(rig, 'database', 'stall') },
  { name: 'ingest stalls', begin: (rig) => toxic(rig, 'ingest', 'stall') },
  { ...kill('api'), later: { name: 'the api stands still', begin: (rig) => standStill(rig.api.pid) } },
  { name: 'ingest refuses', begin: (rig) => toxic(rig, 'ingest', 'down') },
  { name: 'database crashes', begin: (rig) => rig.database.crash().then(() => rig.database.start()) },
  { name: 'device refuses', begin: (rig) => toxic(rig, 'field', 'down') },
  { name: 'database refuses', begin: (rig) => toxic(rig, 'database', 'down') },
  { ...kill('collector'), later: kill('jobs') },
];

/** Api and collector are killed in the first ten minutes only: what an old process keeps in memory is judged then. */
function faultOf(minute: number): Fault | undefined {
  const fault = FAULTS[minute % FAULTS.length];
  return minute > FAULTS.length ? (fault?.later ?? fault) : fault;
}

function kill(part: 'api' | 'collector' | 'jobs'): Fault {
  return { name: `kill the ${part}`, begin: async (rig) => rig[part]?.kill() };
}

async function standStill(pid: number | undefined): Promise<void> {
  if (pid === undefined) return;
  process.kill(pid, 'SIGSTOP');
  await sleep(FAULT_MS);
  process.kill(pid, 'SIGCONT');
}

async function toxic(rig: Rig, link: keyof Rig['proxies'], kind: 'stall' | 'down'): Promise<void> {
  rig.proxies[link].toxic = { kind };
  await sleep(FAULT_MS);
  rig.proxies[link].toxic = { kind: 'none' };
}

const PARTS = ['api', 'collector', 'jobs'] as const;
/** The jobs have nothing to do but at the end of an hour: theirs is bounded rather than flat. */
const MOST_OF_JOBS_MB = 300;

/** A long run with a fault each minute: nothing lost or double, and memory that stays where it is. */
export const faultCase: FaultCase = {
  name: 'soak',
  description: `${MINUTES} minutes at ${(DEVICES * TAGS * 1000) / SAMPLING_MS} readings a second, a fault each minute`,
  limitMinutes: MINUTES + 15,
  run: async ({ seed, log }) => {
    const rig = await startRig({ seed, samplingInterval: `${SAMPLING_MS}ms`, tags: TAGS, devices: DEVICES, ownJobs: true });
    const announced = watchAnnounced(rig);
    const samples: Record<(typeof PARTS)[number], Sample[]> = { api: [], collector: [], jobs: [] };
    const sampling = setInterval(() => {
      for (const part of PARTS) samples[part].push({ mb: rssMb(rig[part]?.pid), handles: openHandles(rig[part]?.pid) });
    }, SAMPLE_MS);
    let kills = 0;
    const slowest: number[] = [];
    try {
      for (let minute = 1; minute <= MINUTES; minute += 1) {
        const nextMs = Date.now() + 60_000;
        const fault = faultOf(minute);
        if (fault?.name === 'kill the collector') kills += 1;
        await fault?.begin(rig);
        await sleep(Math.max(0, nextMs - CALM_MS - Date.now()));
        const before = await readMetrics(rig.probes.collector);
        await sleep(Math.max(0, nextMs - Date.now()));
        const memory = PARTS.map((part) => `${part} ${samples[part].at(-1)?.mb} MB`).join(', ');
        const p99 = p99Of(await readMetrics(rig.probes.collector), 'kubeplant_collector_commit_duration_seconds', before);
        if (p99 !== undefined) slowest.push(p99);
        log(`${minute} min, ${fault?.name}: ${rig.device.servedMs.length} numbers served, ${memory}, 99 % are committed within ${p99} s`);
      }
      clearInterval(sampling);
      const seconds = MINUTES * 60;
      const perSecond = Math.round((rig.device.servedMs.length * TAGS) / seconds);
      const lost = (kills * DEVICES * UNWRITTEN_MS) / SAMPLING_MS;
      const found = await settle(rig, { allowed: { lost }, announced: announced.transitions });
      const memory = PARTS.map((part) => judgeMemory(part, samples[part]));
      const flat = memory.filter((_, index) => PARTS[index] !== 'jobs');
      const mostOfJobs = Math.max(...samples.jobs.map(({ mb }) => mb));
      const tooMuch = mostOfJobs > MOST_OF_JOBS_MB ? [`the jobs took ${mostOfJobs} MB, more than ${MOST_OF_JOBS_MB}`] : [];
      return {
        counts: found.counts,
        figures: {
          'readings/s': perSecond,
          'collector kills': kills,
          '99 % are committed within s': [...new Set(slowest)].sort((a, b) => a - b).join(' to '),
          announced: announced.transitions.size,
          recorded: found.recorded,
          ...Object.assign({}, ...memory.map((one) => one.figures)),
        },
        broken: [...found.broken, ...flat.flatMap(({ broken }) => broken), ...tooMuch],
      };
    } finally {
      clearInterval(sampling);
      announced.stop();
      await rig.close();
    }
  },
};
