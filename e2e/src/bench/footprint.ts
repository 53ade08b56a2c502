import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { type ListedProcess, runPlant, until } from '../plant/run-plant.ts';
import { startManyTags } from './many-tags-plant.ts';
import { processorSeconds, residentMb, treeMb, treeProcessorSeconds } from './process-use.ts';
import type { Bench, BenchResult } from './types.ts';

const DEVICES = 40;
const TAGS = 250;
const SETTLE_MS = 20_000;
const WINDOW_MS = 20_000;
const MAX_COLLECTOR_MB = 120;

const path = (file: string): string => fileURLToPath(new URL(`../../../${file}`, import.meta.url));
const EDITIONS = [
  { edition: 'bundle', command: path('dist/package/cli.js') },
  { edition: 'source', command: path('cli/src/main.ts') },
] as const;

/** Start time, memory and processor time of each process of a local plant; the gate is the memory of the bundled collector. */
export const bench: Bench = {
  name: 'footprint',
  description: `the first plant at rest, and ${(DEVICES * TAGS).toLocaleString('en-US')} changing tags at 1 s, from the bundles and from source`,
  run: measure,
};

interface Use {
  readonly name: string;
  readonly title: string;
  readonly mb: number;
  /** Percent of one core. */
  readonly core: number;
}

interface Footprint {
  readonly startS: number;
  readonly uses: readonly Use[];
  /** Rows that came into the database per second. */
  readonly rowsPerSecond: number;
}

async function measure(): Promise<BenchResult> {
  const notes: string[] = [];
  const ours: number[] = [];
  for (const { edition, command } of EDITIONS) {
    if (!existsSync(command)) throw new Error(`${command} is missing: npm run build makes it`);
    notes.push(describe(`${edition}, first plant`, await atRest(command)));
    const loaded = await underLoad(command);
    notes.push(describe(`${edition}, ${DEVICES * TAGS} tags at 1 s`, loaded));
    const collectors = loaded.uses.filter(({ title }) => title.startsWith('kubeplant: collector'));
    if (collectors.length === 0) throw new Error('no process has the title of a collector');
    if (edition === 'bundle') ours.push(Math.max(...collectors.map(({ mb }) => mb)));
  }
  const [collectorMb = Number.NaN] = ours;
  const goal = { goal: MAX_COLLECTOR_MB, gate: MAX_COLLECTOR_MB };
  return { name: 'footprint', ...goal, ratio: collectorMb, unit: 'MB', higherIsBetter: false, ours, peer: [], notes };
}

async function atRest(command: string): Promise<Footprint> {
  return inFolder((folder) => watch(command, [path('examples/first-plant')], folder, 0));
}

async function underLoad(command: string): Promise<Footprint> {
  return inFolder(async (folder) => {
    const yaml = join(folder, 'yaml');
    const devices = await startManyTags(yaml, DEVICES, TAGS);
    try {
      return await watch(command, [yaml], folder, DEVICES * TAGS);
    } finally {
      devices.disconnect();
    }
  });
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-footprint-'));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Start, wait until it has `leastRows` rows and is calm, watch it for a while. */
async function watch(command: string, paths: readonly string[], folder: string, leastRows: number): Promise<Footprint> {
  const plant = await runPlant({ paths, data: join(folder, 'data'), command });
  const database = new pg.Client({ connectionString: plant.databaseUrl() });
  try {
    await database.connect();
    await database.query(`SELECT set_config('kubeplant.scope', '* *', false)`);
    await until('the first rows', async () => (await countRows(database)) > leastRows || undefined, 60_000);
    await pause(SETTLE_MS);
    const listed = plant.processes();
    const timesBefore = listed.map(processorTime);
    const [rowsBefore, startMs] = [await countRows(database), performance.now()];
    await pause(WINDOW_MS);
    const seconds = (performance.now() - startMs) / 1000;
    const uses = listed.map((process, index) => toUse(process, timesBefore[index] ?? 0, seconds));
    return { startS: plant.readyMs / 1000, uses, rowsPerSecond: ((await countRows(database)) - rowsBefore) / seconds };
  } finally {
    await database.end();
    await plant.stop();
    plant.reset();
  }
}

/** The database is a tree of processes that share memory; `up` has the others as children, and is counted alone. */
const isTree = (name: string): boolean => name === 'postgres';

function processorTime({ name, pid = 0 }: ListedProcess): number {
  return isTree(name) ? treeProcessorSeconds(pid) : processorSeconds(pid);
}

function toUse(listed: ListedProcess, before: number, seconds: number): Use {
  const { name, title, pid = 0 } = listed;
  return { name, title, mb: isTree(name) ? treeMb(pid) : residentMb(pid), core: ((processorTime(listed) - before) / seconds) * 100 };
}

async function countRows(database: pg.Client): Promise<number> {
  const { rows } = await database.query<{ count: string }>('SELECT count(*) FROM reading');
  return Number(rows[0]?.count ?? 0);
}

function describe(what: string, { startS, uses, rowsPerSecond }: Footprint): string {
  const each = uses.map(({ title, mb, core }) => `${title.replace('kubeplant: ', '')} ${mb.toFixed(0)} MB ${core.toFixed(1)} %`);
  return `${what}: ready after ${startS.toFixed(1)} s, ${rowsPerSecond.toFixed(0)} rows/s; ${each.join(', ')} (of one core)`;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
