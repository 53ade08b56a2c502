import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countingPlant } from './counting-plant.ts';
import { isRunning, type RunningPlant, runPlant, until } from './run-plant.ts';
import { findDoubles, findHoles, findLost, longestJump, readCounts, type StoredCounts } from './stored-counts.ts';

/** Steps of 100 ms that may lie between two readings when nothing is lost: the machine may be busy. */
const TOLERATED_STEPS = 12;

const folder = mkdtempSync(join(tmpdir(), 'kp-plant-'));
const files = countingPlant(join(folder, 'yaml'));
let plant: RunningPlant;

beforeAll(async () => {
  files.writeSite();
  files.writeDevice();
  plant = await runPlant({ paths: [files.folder], data: join(folder, 'data') });
});

afterAll(async () => {
  await plant?.stop();
  plant?.reset();
  rmSync(folder, { recursive: true, force: true });
});

const counts = (): Promise<StoredCounts> => readCounts(plant.databaseUrl());

/** Wait until readings made after this call are committed. */
async function untilRowsAfter(sinceUs: bigint): Promise<StoredCounts> {
  return until(
    'rows after the kill',
    async () => {
      const present = await counts();
      return present.rows.filter(({ timeUs, value }) => timeUs > sinceUs && value !== null).length >= 10 ? present : undefined;
    },
    40_000,
  );
}

const nowUs = (): bigint => BigInt(Date.now()) * 1000n;

/** Kill -9 a process while readings flow, wait until they flow again, and compare. */
async function killAndCompare(kill: () => Promise<void> | void): Promise<{ readonly before: StoredCounts; readonly after: StoredCounts }> {
  const before = await counts();
  await kill();
  const after = await untilRowsAfter(nowUs());
  expect(findLost(before, after)).toEqual([]);
  expect(findDoubles(after)).toEqual([]);
  expect(findHoles(after)).toEqual([]);
  return { before, after };
}

describe('one YAML file becomes readings', () => {
  it('from the file through plan, collector, TLS ingest and commit to GET value', async () => {
    const value = await until('a value', () =>
      plant
        .get<{ value: number | null; status: number; origin: string }>('namespaces/default/devices/counter/tags/count/value')
        .then((answer) => (answer.value === null ? undefined : answer)),
    );
    expect(value).toMatchObject({ status: 0, origin: 'Simulated' });
    const { readings } = await until('history', async () => {
      const page = await plant.get<{ readings: { value: number }[] }>(
        'namespaces/default/devices/counter/tags/count/readings?limit=5&order=asc',
      );
      return page.readings.length >= 5 ? page : undefined;
    });
    expect(readings.map((reading) => reading.value)).toEqual([...readings.map((reading) => reading.value)].sort((a, b) => a - b));
  });
});

describe('after a kill -9 no committed reading is missing or double', () => {
  it('of the api: the collector keeps what it measured meanwhile', async () => {
    const pid = plant.pid('api');
    const startUs = nowUs();
    const { after } = await killAndCompare(() => void process.kill(pid, 'SIGKILL'));
    expect(plant.pid('api')).not.toBe(pid);
    expect(longestJump(after, startUs)).toBeLessThanOrEqual(TOLERATED_STEPS);
  });

  it('of the database: the collector keeps what could not be committed', async () => {
    const pid = plant.pid('postgres');
    const startUs = nowUs();
    const { after } = await killAndCompare(() => void process.kill(pid, 'SIGKILL'));
    expect(plant.pid('postgres')).not.toBe(pid);
    expect(longestJump(after, startUs)).toBeLessThanOrEqual(TOLERATED_STEPS);
  });

  it('of the collector: a new run goes on beside the old one, and history shows a gap and no bridge between them', async () => {
    const pid = plant.pid('kubeplant: collector');
    let killedMs = 0;
    const { before, after } = await killAndCompare(() => {
      killedMs = Date.now();
      process.kill(pid, 'SIGKILL');
    });
    expect(Object.keys(after.committed).length).toBe(Object.keys(before.committed).length + 1);
    const { observed } = await plant.get<{ observed: { from: string; until: string }[] }>(
      `namespaces/default/devices/counter/tags/count/readings?limit=1&observed=true&from=${new Date(killedMs - 5000).toISOString()}`,
    );
    expect(observed).toHaveLength(2);
    const [endedMs, begunMs] = [Date.parse(observed[0]?.until ?? ''), Date.parse(observed[1]?.from ?? '')];
    expect(endedMs).toBeLessThanOrEqual(killedMs + 1);
    expect(endedMs).toBeGreaterThan(killedMs - 3000);
    expect(begunMs).toBeGreaterThan(killedMs);
    const within = after.rows.filter(({ timeUs }) => timeUs > BigInt(endedMs + 1) * 1000n && timeUs < BigInt(begunMs - 1) * 1000n);
    expect(within).toEqual([]);
  });

  it('of the operator: data flow on and it comes back', async () => {
    const pid = plant.pid('operator');
    const startUs = nowUs();
    const { after } = await killAndCompare(() => void process.kill(pid, 'SIGKILL'));
    await until('a new operator', () => plant.processes().find(({ name, state }) => name === 'operator' && state === 'Running'));
    expect(longestJump(after, startUs)).toBeLessThanOrEqual(TOLERATED_STEPS);
    expect(plant.pid('kubeplant: collector')).toBeGreaterThan(0);
  });

  it('of the parent: its children end by themselves, and the next start goes on with the same data', async () => {
    const before = await counts();
    const pids = plant
      .processes()
      .filter(({ name }) => name !== 'postgres')
      .flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    await plant.stop('SIGKILL');
    await until('all children gone', () => (pids.some(isRunning) ? undefined : true), 15_000);
    plant = await runPlant({ paths: [files.folder], data: plant.data });
    const after = await untilRowsAfter(nowUs());
    expect(findLost(before, after)).toEqual([]);
    expect(findDoubles(after)).toEqual([]);
    expect(findHoles(after)).toEqual([]);
  });
});

/** Let the api stand still while this is done; the plant has gone on when it resolves. */
async function whileApiHangs(act: () => Promise<void>): Promise<StoredCounts> {
  const before = await counts();
  const api = plant.pid('api');
  process.kill(api, 'SIGSTOP');
  try {
    await act();
  } finally {
    process.kill(api, 'SIGCONT');
  }
  const after = await untilRowsAfter(nowUs());
  expect(findLost(before, after)).toEqual([]);
  expect(findDoubles(after)).toEqual([]);
  expect(findHoles(after)).toEqual([]);
  return after;
}

const shardFolders = (): string[] => globSync('default/*', { cwd: join(plant.data, 'buffer') });

/** Wait until collectors have written so many blocks more. */
async function untilWritten(blocks: number): Promise<void> {
  const onDisk = (): number =>
    globSync(join(plant.data, 'buffer/default/*/*.seg')).reduce(
      (sum, path) => sum + readFileSync(path, 'latin1').split('KPB1\x02').length - 1,
      0,
    );
  const enough = onDisk() + blocks;
  await until(`${blocks} blocks on disk`, () => (onDisk() >= enough ? true : undefined));
}

describe('while the api hangs', () => {
  it('a collector that is killed has on disk what it measured, and the next one delivers it', async () => {
    const hungUs = nowUs();
    let killedUs = 0n;
    const after = await whileApiHangs(async () => {
      await untilWritten(30);
      const pid = plant.pid('kubeplant: collector');
      killedUs = nowUs();
      process.kill(pid, 'SIGKILL');
      await until('another collector', () => plant.processes().find(({ title, pid: next }) => title.includes('collector') && next !== pid));
      await untilWritten(5);
    });
    const rows = after.rows.filter(({ timeUs }) => timeUs > hungUs && timeUs < killedUs);
    expect(rows.length).toBeGreaterThan(20);
    expect(longestJump({ ...after, rows }, hungUs)).toBeLessThanOrEqual(TOLERATED_STEPS);
    expect(killedUs - (rows.at(-1)?.timeUs ?? 0n)).toBeLessThan(1_000_000n);
  });

  it('a device that moves to another class leaves a collector that goes when all of it is delivered, and its folder with it', async () => {
    const [before] = shardFolders();
    await whileApiHangs(async () => {
      await untilWritten(10);
      files.writeDevice([], 'other');
      await until('the folder of the other', () => (shardFolders().length === 2 ? true : undefined));
    });
    await until('the first is gone', () => (shardFolders().length === 1 && !shardFolders().includes(before ?? '') ? true : undefined));
    expect(
      plant
        .processes()
        .filter(({ title }) => title.includes('collector'))
        .map(({ title }) => title),
    ).toEqual(['kubeplant: collector bench/other/ModbusTcp/0']);
  });
});

describe('the files are followed', () => {
  it('a saved tag gives rows within seconds, and no other tag is disturbed', async () => {
    const startUs = nowUs();
    const collector = plant.pid('kubeplant: collector');
    files.writeDevice(['extra'], 'other');
    await until(
      'a row of the new tag',
      () =>
        plant
          .get<{ readings: unknown[] }>('namespaces/default/devices/counter/tags/extra/readings?limit=1')
          .then(({ readings }) => (readings.length > 0 ? true : undefined)),
      8000,
    );
    expect(plant.pid('kubeplant: collector')).toBe(collector);
    expect(longestJump(await counts(), startUs)).toBeLessThanOrEqual(TOLERATED_STEPS);
  });

  it('a broken file is named with line and column, and the plant stays as it was', async () => {
    files.writeText('apiVersion: kubeplant.io/v1alpha1\nkind: Device\nmetadata: {name: counter\n');
    const problem = await until(
      'the problem',
      () => plant.events.find(({ event, file }) => event === 'problem' && file?.endsWith('device.yaml')),
      5000,
    );
    expect(problem.line).toBeGreaterThanOrEqual(3);
    expect(problem.column).toBeGreaterThanOrEqual(1);
    await untilRowsAfter(nowUs());
    const { items } = await plant.get<{ items: { name: string }[] }>('tags?device=counter');
    expect(items.map(({ name }) => name).sort()).toEqual(['count', 'extra']);
    files.writeDevice([], 'other');
    await until(
      'the corrected file in force',
      async () => ((await plant.get<{ total: number }>('tags?device=counter')).total === 1 ? true : undefined),
      8000,
    );
  });
});

describe('Ctrl-C', () => {
  it('ends every process within ten seconds with exit code 0', async () => {
    const pids = plant.processes().flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    const { code, ms } = await plant.stop('SIGINT');
    expect(code).toBe(0);
    expect(ms).toBeLessThan(10_000);
    expect(pids.filter(isRunning)).toEqual([]);
  });
});
