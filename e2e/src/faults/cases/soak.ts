import { setTimeout as sleep } from 'node:timers/promises';
import { type Rig, startRig } from '../rig.ts';
import { rssMb } from '../rss.ts';
import { settle } from '../settle.ts';
import type { FaultCase } from '../types.ts';
import { watchAnnounced } from '../watch-announced.ts';

const MINUTES = Number(process.env.KUBEPLANT_FAULT_ROUNDS ?? 30);
const TAGS = 60;
const SAMPLING_MS = 10;
/** Lost with a killed collector: what it had not handed to the system yet. */
const UNWRITTEN_MS = 300;
const SAMPLE_MS = 5000;
/** Memory of the last third of the run against that of the second. */
const MOST_GROWTH = 1.1;
const MARGIN_MB = 10;

const FAULTS: readonly { readonly name: string; begin(rig: Rig): Promise<unknown> }[] = [
  { name: 'streams cut', begin: async (rig) => rig.proxies.ingest.cut() },
  { name: 'database connections cut', begin: async (rig) => rig.proxies.database.cut() },
  { name: 'database stalls', begin: (rig) => toxic(rig, 'database', 'stall') },
  { name: 'ingest stalls', begin: (rig) => toxic(rig, 'ingest', 'stall') },
  { name: 'kill the api', begin: (rig) => rig.api.kill() },
  { name: 'ingest refuses', begin: (rig) => toxic(rig, 'ingest', 'down') },
  { name: 'database crashes', begin: (rig) => rig.database.crash().then(() => rig.database.start()) },
  { name: 'device refuses', begin: (rig) => toxic(rig, 'field', 'down') },
  { name: 'database refuses', begin: (rig) => toxic(rig, 'database', 'down') },
  { name: 'kill the collector', begin: (rig) => rig.collector.kill() },
];

async function toxic(rig: Rig, link: keyof Rig['proxies'], kind: 'stall' | 'down'): Promise<void> {
  rig.proxies[link].toxic = { kind };
  await sleep(8000);
  rig.proxies[link].toxic = { kind: 'none' };
}

type Sample = Readonly<Record<'api' | 'collector', number>>;

/** A long run with a fault each minute: nothing lost or double, and memory that stays where it is. */
export const faultCase: FaultCase = {
  name: 'soak',
  description: `${MINUTES} minutes at ${(TAGS * 1000) / SAMPLING_MS} readings a second, a fault each minute`,
  run: async ({ seed, log }) => {
    const rig = await startRig({ seed, samplingInterval: `${SAMPLING_MS}ms`, tags: TAGS });
    const announced = watchAnnounced(rig);
    const samples: Sample[] = [];
    const sampling = setInterval(() => samples.push({ api: rssMb(rig.api.pid), collector: rssMb(rig.collector.pid) }), SAMPLE_MS);
    let kills = 0;
    try {
      for (let minute = 1; minute <= MINUTES; minute += 1) {
        const nextMs = Date.now() + 60_000;
        const fault = FAULTS[minute % FAULTS.length];
        if (fault?.name === 'kill the collector') kills += 1;
        await fault?.begin(rig);
        await sleep(Math.max(0, nextMs - Date.now()));
        const { api, collector } = samples.at(-1) ?? { api: 0, collector: 0 };
        log(`${minute} min, ${fault?.name}: ${rig.device.servedMs.length} numbers served, api ${api} MB, collector ${collector} MB`);
      }
      clearInterval(sampling);
      const seconds = MINUTES * 60;
      const perSecond = Math.round((rig.device.servedMs.length * TAGS) / seconds);
      const lost = (kills * UNWRITTEN_MS) / SAMPLING_MS;
      const found = await settle(rig, { allowed: { lost }, announced: announced.transitions });
      const memory = (['api', 'collector'] as const).map((name) => judgeMemory(name, samples));
      return {
        counts: found.counts,
        figures: {
          'readings/s': perSecond,
          'collector kills': kills,
          announced: announced.transitions.size,
          recorded: found.recorded,
          ...Object.fromEntries(memory.map(({ name, text }) => [`${name} MB`, text])),
        },
        broken: [...found.broken, ...memory.flatMap(({ broken }) => broken)],
      };
    } finally {
      clearInterval(sampling);
      announced.stop();
      await rig.close();
    }
  },
};

/** Median of each third of the run, and the most. */
function judgeMemory(name: keyof Sample, samples: readonly Sample[]) {
  const sizes = samples.map((sample) => sample[name]).filter((mb) => mb > 0); // 0: between two starts
  const third = Math.floor(sizes.length / 3);
  const median = (part: number): number => {
    const some = sizes.slice(part * third, (part + 1) * third).sort((a, b) => a - b);
    return some[some.length >> 1] ?? 0;
  };
  const thirds = [median(0), median(1), median(2)] as const;
  const isFlat = thirds[2] <= thirds[1] * MOST_GROWTH + MARGIN_MB;
  return {
    name,
    text: `${thirds.join(' → ')}, most ${Math.max(0, ...sizes)}`,
    broken: isFlat ? [] : [`memory of the ${name} grows: ${thirds.join(' → ')} MB`],
  };
}
