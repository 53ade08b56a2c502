import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { insertExport } from '../../../api/server/src/exports/export-rows.ts';
import type { Scope } from '../../../api/server/src/ports.ts';
import { CopyRows } from '../../../api/server/src/store/copy-encoder.ts';
import { copyInto } from '../../../api/server/src/store/copy-into.ts';
import { type BenchApi, percentile, startBenchApi, tagNames } from './bench-api.ts';
import { type BenchStore, openBenchStore } from './bench-store.ts';
import { median } from './median.ts';
import { residentMb } from './process-use.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const ENTRY = fileURLToPath(new URL('../../../dist/package/api.js', import.meta.url));
const TAGS = 1000;
const EXPORTED_TAGS = 100;
const ROWS_PER_TAG = 100_000;
const MILLIONS = (EXPORTED_TAGS * ROWS_PER_TAG) / 1e6;
const FORMATS = ['csv', 'ndjson', 'parquet'] as const;
/** New readings meanwhile: a block of 1,000 each 100 ms, in windows of four seconds. */
const EVERY_MS = 100;
const WINDOW_BLOCKS = 40;
const WINDOWS = 5;
const nobody: Scope = { grants: [] };
const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };

/** A long export by the jobs process: what it does to ingest, and how much memory it takes. */
export const bench: Bench = {
  name: 'export',
  description: `exports of ${MILLIONS} million readings by the jobs process: acknowledgement of new readings meanwhile against the same without, and its memory`,
  limitS: 1500,
  run: measure,
};

async function measure({ defer, step }: BenchContext): Promise<readonly BenchResult[]> {
  step('starting PostgreSQL');
  const store = await openBenchStore();
  defer(() => store.close());
  const api = await startBenchApi(store, { tags: TAGS, perBlock: 1000, step });
  defer(() => api.stop());
  await fill(store, step);
  const jobs = await startJobsProcess(store.url);
  defer(() => jobs.stop());
  const pid = jobs.child.pid ?? 0;
  const idle: number[] = [];
  for (let window = 0; window < WINDOWS + 1; window += 1) {
    step(`new readings alone, window ${window}`);
    const p99 = await deliverWindow(api, `idle-${window}`);
    if (window > 0) idle.push(p99); // the first only warms up
  }
  const during: number[] = [];
  const memory: number[][] = [];
  const notes: string[] = [];
  for (const format of FORMATS) {
    const sampled: number[] = [];
    const startMs = Date.now();
    const id = await order(store, format);
    for (let window = 0; !(await isDone(store, id)); window += 1) {
      step(`export of ${format}, window ${window}`);
      sampled.push(residentMb(pid));
      if (during.length < WINDOWS * 2) during.push(await deliverWindow(api, `${format}-${window}`));
      else await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    const most = Math.max(...sampled);
    memory.push([most]);
    notes.push(
      `${format}: ${((Date.now() - startMs) / 1000).toFixed(0)} s, ${sampled[0]?.toFixed(0)} MB at its beginning, ${most.toFixed(0)} MB at most`,
    );
  }
  const mb = memory.flat();
  return [
    {
      ...{
        name: 'ingest during an export',
        goal: 1.5,
        gate: 1.65,
        ratio: median(during) / median(idle),
        unit: 'ms',
        higherIsBetter: false,
      },
      ...{ ours: during, peer: idle, notes: ['p99 of acknowledgement at 10,000 readings/s, windows of 4 s'] },
    },
    {
      ...{ name: 'memory of an export', goal: 300, gate: 330, ratio: Math.max(...mb), unit: 'MB', higherIsBetter: false },
      ...{ ours: mb, peer: [], notes: [`jobs process, ${MILLIONS} million readings each`, ...notes] },
    },
  ];
}

async function deliverWindow(api: BenchApi, run: string): Promise<number> {
  const { ackMs } = await api.deliver({ run, blocks: WINDOW_BLOCKS, everyMs: EVERY_MS });
  return percentile(ackMs, 0.99);
}

/** A value a second of each exported tag, ending an hour ago. */
async function fill({ store, admin }: BenchStore, step: BenchContext['step']): Promise<void> {
  const untilUs = Math.floor(Date.now() / 1000 - 3600) * 1_000_000;
  const fromUs = untilUs - ROWS_PER_TAG * 1_000_000;
  await store.partitions.ensure(fromUs, untilUs);
  const { rows: tags } = await admin.query<{ id: number }>(
    `SELECT tag_id AS id FROM tag WHERE device = 'bench' AND name = ANY($1) ORDER BY tag_id`,
    [tagNames(EXPORTED_TAGS)],
  );
  for (let second = 0; second < ROWS_PER_TAG; second += 200) {
    if (second % 10_000 === 0) step(`writing readings, ${(second / ROWS_PER_TAG) * 100} %`);
    const rows = new CopyRows(200 * EXPORTED_TAGS);
    for (let n = second; n < second + 200; n += 1)
      for (const { id } of tags) rows.number(id, fromUs + n * 1_000_000, Math.round(Math.sin(n / 50 + id) * 10_000) / 100, 5, 0, 0);
    await store.withOwnerScope(nobody, (client) => copyInto(client, 'reading', [rows.bytes()]));
  }
  await admin.query('ANALYZE reading');
  await admin.query('CHECKPOINT');
}

async function order({ store }: BenchStore, format: (typeof FORMATS)[number]): Promise<string> {
  const nowUs = Date.now() * 1000;
  const id = randomUUID();
  const tags = tagNames(EXPORTED_TAGS).map((name) => ({ tenant: 'local/default', device: 'bench', name, path: `default/bench/${name}` }));
  await store.withScope(nobody, async (client) => {
    const range = { fromUs: nowUs - 7 * 86_400_000_000, toUs: nowUs - 1_800_000_000 };
    await insertExport(client, { userId: 'bench', scope: everything, tags, format, range }, { id, nowUs, keepMs: 86_400_000 });
    await client.query(`SELECT pg_notify('kubeplant_job', 'exports')`);
  });
  return id;
}

async function isDone({ admin }: BenchStore, id: string): Promise<boolean> {
  const { rows } = await admin.query<{ state: string; failure: string | null; readings: string }>(
    'SELECT state, failure, readings FROM export WHERE export_id = $1',
    [id],
  );
  const [row] = rows;
  if (row?.state === 'Done' && Number(row.readings) !== EXPORTED_TAGS * ROWS_PER_TAG)
    throw new Error(`the export has ${row.readings} readings, not ${EXPORTED_TAGS * ROWS_PER_TAG}`);
  if (row?.state !== 'Queued' && row?.state !== 'Running' && row?.state !== 'Done')
    throw new Error(`the export: ${row?.state} ${row?.failure}`);
  return row.state === 'Done';
}

async function startJobsProcess(databaseUrl: string): Promise<{ readonly child: ChildProcess; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-export-'));
  const file = join(folder, 'database-url');
  writeFileSync(file, databaseUrl, { mode: 0o600 });
  const child = fork(ENTRY, [], {
    env: {
      PATH: process.env.PATH,
      KUBEPLANT_ROLES: 'jobs',
      KUBEPLANT_DATABASE_URL_FILE: file,
      KUBEPLANT_PROBE_PORT: '0',
      KUBEPLANT_LOG_LEVEL: 'error',
    },
  });
  const exit = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    void exit.then(() => reject(new Error('the jobs process ended: run npm run build first')));
  });
  return {
    child,
    stop: async () => {
      child.kill('SIGTERM');
      await exit;
      rmSync(folder, { recursive: true });
    },
  };
}
