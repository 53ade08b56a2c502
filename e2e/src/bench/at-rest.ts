import pg from 'pg';
import { copyInto } from '../../../api/server/src/store/copy-into.ts';
import { CopyRows } from '../../../api/server/src/store/copy-encoder.ts';
import { SPANNED_TABLES } from '../../../api/server/src/store/history-tables.ts';
import { listSpans } from '../../../api/server/src/store/list-spans.ts';
import { packHistory } from '../../../api/server/src/store/packing/pack-history.ts';
import { startPlainServer } from '../databases/plain-server.ts';
import { startTimescaleServer } from '../databases/timescale-server.ts';
import { type BenchStore, openBenchStore } from './bench-store.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const TAGS = 12;
const DAY_US = 86_400_000_000;
const BATCH_S = 800;
const GOAL_BYTES = 20;

/** Bytes on disk of a reading, indexes and all, when its day has been packed; without packing beside it. */
export const bench: Bench = {
  name: 'at-rest',
  description: `a day of ${TAGS} tags at 1 s, values that do not repeat, one in six tags on change; packed, on each edition there is`,
  run: measure,
};

async function measure(context: BenchContext): Promise<BenchResult> {
  const ours: number[] = [];
  const notes: string[] = [];
  const engines = ['PostgreSQL', 'TimescaleDB'] as const;
  for (const engine of engines) {
    context.step(`starting ${engine}`);
    const server = engine === 'PostgreSQL' ? await startPlainServer() : await startTimescale();
    if ('reason' in server) {
      notes.push(`not on TimescaleDB: ${server.reason}`);
      continue;
    }
    const store = await openBenchStore(server);
    const close = context.defer(() => store.close());
    const { bytes, note } = await packDay(context, engine, store);
    ours.push(bytes);
    notes.push(note);
    await close();
  }
  const ratio = Math.max(...ours);
  return { name: 'at-rest', goal: GOAL_BYTES, gate: GOAL_BYTES, ratio, unit: 'B/reading', higherIsBetter: false, ours, peer: [], notes };
}

async function startTimescale() {
  const timescale = await startTimescaleServer();
  return timescale.kind === 'none' ? timescale : { ...timescale.server, remove: timescale.remove };
}

async function packDay(
  { step }: BenchContext,
  engine: string,
  bench: BenchStore,
): Promise<{ readonly bytes: number; readonly note: string }> {
  const { layout, partitions } = bench.store;
  const dayUs = Math.floor(Date.now() / 86_400_000 - 3) * DAY_US;
  await partitions.ensure(dayUs, dayUs + DAY_US - 1);
  step(`writing a day to ${engine}`);
  const readings = await writeDay(bench, dayUs);
  const client = new pg.Client({ connectionString: bench.url });
  await client.connect();
  try {
    const before = (await sizeOf(client, bench)) / readings;
    step(`packing a day in ${engine}`);
    const startMs = performance.now();
    const when = { nowUs: () => Date.now() * 1000, packAfterUs: (26 / 24) * DAY_US };
    await packHistory({ client, layout, partitions, ...when, onProgress: () => {}, signal: new AbortController().signal });
    const perSecond = readings / ((performance.now() - startMs) / 1000);
    const bytes = (await sizeOf(client, bench)) / readings;
    const rate = Math.round(perSecond).toLocaleString('en-US');
    return {
      bytes,
      note: `${engine}: ${bytes.toFixed(1)} B a reading packed, ${before.toFixed(1)} B before; packed at ${rate} readings/s`,
    };
  } finally {
    await client.end();
  }
}

/** Returns how many readings there are. */
async function writeDay({ store }: BenchStore, dayUs: number): Promise<number> {
  let readings = 0;
  for (let second = 0; second < 86_400; second += BATCH_S) {
    const rows = new CopyRows(BATCH_S * TAGS);
    for (let at = second; at < second + BATCH_S; at += 1)
      for (let tag = 1; tag <= TAGS; tag += 1) {
        const onChange = tag % 6 === 0;
        if (onChange && (at * tag) % 7 !== 0) continue;
        const jitterUs = onChange ? (at * 7919 + tag) % 900_000 : 0;
        rows.number(tag, dayUs + at * 1_000_000 + jitterUs, Math.sin(at * tag) * 100, 3 + ((at * 31 + tag) % 40), 0, 0);
        readings += 1;
      }
    await store.withOwnerScope({ grants: [] }, (client) => copyInto(client, 'reading', [rows.bytes()]));
  }
  return readings;
}

/** All partitions or chunks of history, indexes and all. */
async function sizeOf(client: pg.Client, { store }: BenchStore): Promise<number> {
  let bytes = 0;
  for (const table of SPANNED_TABLES)
    for (const { name } of await listSpans(client, store.layout, table)) {
      const size = await client.query<{ bytes: number }>('SELECT pg_total_relation_size($1)::float8 AS bytes', [name]);
      bytes += size.rows[0]?.bytes ?? 0;
    }
  return bytes;
}
