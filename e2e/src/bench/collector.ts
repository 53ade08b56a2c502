import { type CollectorLoad, type CollectorUse, watchCollector } from './collector-rig.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const ROUNDS = 5;
const SECONDS = 4;
const GOAL_MB = 120;
const GOAL_CORE = 15;
/** How its cost grows: with the tags, then with the devices that share 10,000 of them. The last is the one that is judged. */
const LOADS: readonly Pick<CollectorLoad, 'devices' | 'tags'>[] = [
  { devices: 4, tags: 250 },
  { devices: 1, tags: 10_000 },
  { devices: 10, tags: 1_000 },
  { devices: 100, tags: 100 },
  { devices: 500, tags: 20 },
  { devices: 400, tags: 250 },
];

/** Memory and processor time of the bundled collector at 100,000 Modbus values a second, sent over TLS, and how both grow. */
export const bench: Bench = {
  name: 'collector',
  description: `the bundled collector with 1,000 to 100,000 Float32 tags at 1 s (goal ${GOAL_MB} MB and ${GOAL_CORE} % of one core)`,
  run: measure,
};

async function measure(context: BenchContext): Promise<readonly BenchResult[]> {
  const notes: string[] = [];
  let uses: readonly CollectorUse[] = [];
  for (const load of LOADS) {
    uses = await watchCollector(context, { ...load, rounds: ROUNDS, seconds: SECONDS });
    notes.push(describe(load, uses));
  }
  const [memory, processor] = [uses.map(({ mb }) => mb), uses.map(({ core }) => core)];
  return [
    result({ name: 'collector memory', goal: GOAL_MB, ratio: Math.max(...memory), unit: 'MB', ours: memory, notes }),
    result({ name: 'collector processor', goal: GOAL_CORE, ratio: median(processor), unit: '% of one core', ours: processor, notes: [] }),
  ];
}

/** A figure of its own; it fails 10 % beyond its goal. */
const result = (one: Pick<BenchResult, 'name' | 'goal' | 'ratio' | 'unit' | 'ours' | 'notes'>): BenchResult => ({
  ...one,
  gate: one.goal * 1.1,
  higherIsBetter: false,
  peer: [],
});

function describe({ devices, tags }: Pick<CollectorLoad, 'devices' | 'tags'>, uses: readonly CollectorUse[]): string {
  const middle = (field: keyof CollectorUse) => median(uses.map((use) => use[field]));
  const taken = `${Math.max(...uses.map(({ mb }) => mb)).toFixed(0)} MB, ${middle('core').toFixed(1)} % of one core`;
  const cost = `${middle('microsPerRow').toFixed(2)} µs and ${middle('bytesPerRow').toFixed(1)} B on the wire a reading`;
  return `${devices} × ${tags} tags: ${taken}, ${middle('rowsPerSecond').toFixed(0)} readings/s, ${cost}`;
}
