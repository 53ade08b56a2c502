import { type CollectorLoad, type CollectorUse, watchCollector } from './collector-rig.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const SECONDS = 10;
const GOAL_MB = 120;
const GOAL_CORE = 15;
/** How its cost grows: with the tags, then with the devices that share 10,000 of them. The last is the one that is judged. */
const LOADS: readonly Omit<CollectorLoad, 'seconds'>[] = [
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
  const uses: CollectorUse[] = [];
  for (const load of LOADS) uses.push(await watchCollector(context, { ...load, seconds: SECONDS }));
  const notes = LOADS.map((load, index) => describe(load, uses[index]));
  const { mb = Number.NaN, core = Number.NaN } = uses.at(-1) ?? {};
  return [
    result({ name: 'collector memory', goal: GOAL_MB, ratio: mb, unit: 'MB', notes }),
    result({ name: 'collector processor', goal: GOAL_CORE, ratio: core, unit: '% of one core', notes: [] }),
  ];
}

/** A figure of its own; it fails 10 % beyond its goal. */
const result = (one: Pick<BenchResult, 'name' | 'goal' | 'ratio' | 'unit' | 'notes'>): BenchResult => ({
  ...one,
  gate: one.goal * 1.1,
  higherIsBetter: false,
  ours: [one.ratio],
  peer: [],
});

function describe({ devices, tags }: Omit<CollectorLoad, 'seconds'>, use: CollectorUse | undefined): string {
  if (use === undefined) return '';
  const { mb, core, rowsPerSecond, bytesPerRow, microsPerRow } = use;
  const cost = `${microsPerRow.toFixed(2)} µs and ${bytesPerRow.toFixed(1)} B on the wire a reading`;
  return `${devices} × ${tags} tags: ${mb.toFixed(0)} MB, ${core.toFixed(1)} % of one core, ${rowsPerSecond.toFixed(0)} readings/s, ${cost}`;
}
