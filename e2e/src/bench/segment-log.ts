import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createLogger } from '@kubeplant/kit';
import { createClock } from '@kubeplant/collector-core';
import { createBlockBuilder } from '../../../collectors/core/src/block/create-block-builder.ts';
import { createRunDictionary } from '../../../collectors/core/src/block/create-run-dictionary.ts';
import { createBuffer } from '../../../collectors/core/src/create-buffer.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const TAGS = 1000;
const READINGS = 300_000;
const PER_SYNC = 1000;
const ROUNDS = 7;
const RUN = '01JD00000000000000000BENCH';

/** The collector's log, encoding included, against SQLite with a row per reading; both safe on disk after every 1,000. */
export const bench: Bench = {
  name: 'segment-log',
  description: `${READINGS.toLocaleString('en-US')} readings of ${TAGS.toLocaleString('en-US')} tags, safe on disk after every ${PER_SYNC}, ${ROUNDS} rounds`,
  run: measure,
};

async function measure({ defer, step }: BenchContext): Promise<BenchResult> {
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-log-'));
  defer(() => rmSync(folder, { recursive: true }));
  const ours: number[] = [];
  const peer: number[] = [];
  const heldUs = { ours: [] as number[], peer: [] as number[] };
  let bytes = 0;
  // The first round only warms up.
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    step(`writing the log, round ${round}`);
    const mine = await writeLog(join(folder, `log-${round}`));
    step(`writing SQLite, round ${round}`);
    const theirs = writeSqlite(join(folder, `sqlite-${round}`));
    if (round === 0) continue;
    ours.push(mine.rate);
    peer.push(theirs.rate);
    heldUs.ours.push(mine.heldUs);
    heldUs.peer.push(theirs.heldUs);
    ({ bytes } = mine);
  }
  return {
    name: 'segment-log',
    goal: 5,
    gate: 1,
    ratio: median(ours) / median(peer),
    unit: 'readings/s',
    higherIsBetter: true,
    ours,
    peer,
    notes: [
      `a reading holds up the process for ${median(heldUs.ours).toFixed(2)} µs, with SQLite for ${median(heldUs.peer).toFixed(2)} µs: ours waits for the disk beside it`,
      `${(bytes / READINGS).toFixed(1)} bytes a reading in the log`,
      'SQLite by node:sqlite, write-ahead log, synchronous = FULL, a transaction of 1,000 rows',
    ],
  };
}

async function writeLog(folder: string): Promise<Written & { readonly bytes: number }> {
  const clock = createClock();
  const dictionary = createRunDictionary(RUN);
  const ids = Array.from({ length: TAGS }, (_, tag) => dictionary.tagId('device', { name: `tag-${tag}`, text: false, simulated: false }));
  const buffer = createBuffer({
    settings: { bufferBytes: 64 << 20, bufferDir: folder },
    clock,
    log: createLogger({ name: 'bench', level: 'error' }),
    dictionary,
    buffering: () => ({ maxAge: '72h', maxSizeBytes: 2 ** 31, syncInterval: '1s' }),
    onDiskLoss: () => undefined,
    onFormerRuns: () => undefined,
    onCommitted: () => undefined,
    onLost: () => undefined,
  });
  const builder = createBlockBuilder({
    run: RUN,
    clock,
    takeLost: () => [],
    onBlock: (block) => buffer.append(block),
    maxReadings: PER_SYNC,
  });
  await buffer.ready;
  const startUs = clock.nowUs();
  const stop = startWatch();
  for (let index = 0; index < READINGS; index += 1) {
    const timeUs = startUs + index * 100;
    builder.add({ tag: ids[index % TAGS] ?? 0, timeUs, value: measured(index), status: 0, flags: 0, receivedUs: timeUs });
    if ((index + 1) % PER_SYNC === 0 && !(await buffer.synced())) throw new Error('readings were lost: the bench measures nothing');
  }
  const written = stop();
  const bytes = buffer.sizeBytes;
  if (buffer.count !== READINGS / PER_SYNC || !buffer.isKept())
    throw new Error(`the log does not hold what was written: ${buffer.problem()}`);
  await buffer.close();
  return { ...written, bytes };
}

function writeSqlite(path: string): Written {
  const database = new DatabaseSync(path);
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  database.exec('CREATE TABLE reading (id INTEGER PRIMARY KEY, tag INTEGER, time INTEGER, value REAL, status INTEGER, flags INTEGER)');
  const insert = database.prepare('INSERT INTO reading (tag, time, value, status, flags) VALUES (?, ?, ?, ?, ?)');
  const startUs = Date.now() * 1000;
  const stop = startWatch();
  for (let index = 0; index < READINGS; index += 1) {
    if (index % PER_SYNC === 0) database.exec('BEGIN');
    insert.run(index % TAGS, startUs + index * 100, measured(index), 0, 0);
    if ((index + 1) % PER_SYNC === 0) database.exec('COMMIT');
  }
  const written = stop();
  database.close();
  return written;
}

interface Written {
  /** Readings a second. */
  readonly rate: number;
  /** How long each holds up the event loop, on which devices are polled; microseconds. */
  readonly heldUs: number;
}

function startWatch(): () => Written {
  const before = performance.eventLoopUtilization();
  const startMs = performance.now();
  return () => {
    const { active } = performance.eventLoopUtilization(before);
    return { rate: READINGS / ((performance.now() - startMs) / 1000), heldUs: (active * 1000) / READINGS };
  };
}

/** Like a measured value: it changes a little each time. */
const measured = (index: number): number => 50 + 10 * Math.sin(index / 997);
