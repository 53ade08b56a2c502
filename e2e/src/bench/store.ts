import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyChunks } from '../../../api/server/src/store/copy-encoder.ts';
import type { Batch } from '../../../api/server/src/owner/batch.ts';
import { createAttempt } from '../../../api/server/src/owner/attempt.ts';
import { commitBatch } from '../../../api/server/src/owner/commit-batch.ts';
import { RangeSet } from '../../../api/server/src/owner/range-set.ts';
import { HistoryRows } from '../../../api/server/src/store/history-rows.ts';
import { BATCH, batchesOf, type BenchStore, copyOurWay, encodeRows, openBenchStore, ROWS } from './bench-store.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const ROUNDS = 5;
/** Blocks in a transaction of the owner. */
const BLOCKS = 10;

/** Our COPY, encoding included, against `psql \copy … binary` of the same rows into the same indexed table; and what it costs to write each row once. */
export const bench: Bench = {
  name: 'store',
  description: `${ROWS.toLocaleString('en-US')} readings of 1,000 tags, ours in transactions of 10,000, psql from one file; ${ROUNDS} rounds`,
  run: measure,
};

async function measure({ defer, step }: BenchContext): Promise<readonly BenchResult[]> {
  step('starting PostgreSQL');
  const bench = await openBenchStore();
  defer(() => bench.close());
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-store-'));
  const file = join(folder, 'rows.bin');
  const ours: number[] = [];
  const peer: number[] = [];
  const once: number[] = [];
  defer(() => rmSync(folder, { recursive: true }));
  writeFileSync(file, Buffer.concat(copyChunks([encodeRows(Date.now() * 1000, 0, ROWS).bytes()])));
  // The first round only warms up.
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    step(`copying our way, round ${round}`);
    await bench.reset();
    const mine = await copyOurWay(bench.store);
    step(`copying by psql, round ${round}`);
    await bench.reset();
    const theirs = copyByPsql(bench.url, file);
    step(`committing as the owner of a site does, round ${round}`);
    await bench.reset();
    const exactly = await commitOurWay(bench, `run-${round}`);
    if (round > 0) [ours[round - 1], peer[round - 1], once[round - 1]] = [mine, theirs, exactly];
  }
  const rates = { unit: 'readings/s', higherIsBetter: true };
  return [
    {
      ...{ name: 'store', goal: 0.75, gate: 0.675, ratio: median(ours) / median(peer), ...rates, ours, peer },
      notes: ['PostgreSQL 17, durable, index (tag_id, time)'],
    },
    {
      ...{ name: 'store, exactly once', goal: 0.85, gate: 0.765, ratio: median(once) / median(ours), ...rates, ours: once, peer: ours },
      notes: ['with the epoch checked, progress and marks for sums in the same transaction; the peer is the COPY alone'],
    },
  ];
}

/** As the owner of a site: a transaction for 10 blocks, with all that makes it exactly once. Rows per second. */
async function commitOurWay({ store, admin }: BenchStore, run: string): Promise<number> {
  await admin.query(`INSERT INTO site_owner VALUES ('local/default', 'north', 'bench', '', 1, 'infinity') ON CONFLICT DO NOTHING`);
  const committed = new RangeSet();
  const owner = { tenant: 'local/default', site: 'north', epoch: 1, committed: () => committed };
  const startUs = Date.now() * 1000;
  const startMs = performance.now();
  for (const first of batchesOf()) {
    const blocks = Array.from({ length: BLOCKS }, (_, index) => {
      const rows = encodeRows(startUs, first + (index * BATCH) / BLOCKS, BATCH / BLOCKS);
      const parts = [{ table: 'reading', bytes: rows.bytes() } as const];
      const untilUs = startUs + ((first + BATCH) / 1000) * 1_000_000;
      const seq = first / (BATCH / BLOCKS) + index + 1;
      return {
        shard: 'shard-0',
        run,
        seq,
        readings: parts,
        parts,
        rows: BATCH / BLOCKS,
        late: 0,
        lateSpan: undefined,
        bytes: 0,
        fromUs: startUs,
        untilUs,
        quarantined: [],
      };
    });
    const range = { first: blocks[0]?.seq ?? 0, last: blocks.at(-1)?.seq ?? 0 };
    await commitBatch(store, owner, batchOf(blocks, { shard: 'shard-0', run, ranges: [range] }), createAttempt(store));
    committed.add(range.first, range.last);
  }
  return ROWS / ((performance.now() - startMs) / 1000);
}

const batchOf = (blocks: Batch['blocks'], progress: Batch['progress'][number]): Batch => ({
  ...{ blocks, progress: [progress], calculated: new HistoryRows(0), calculatedTimes: { fromUs: 1, untilUs: 0 } },
  ...{
    observed: [],
    grown: [],
    events: [],
    quarantined: [],
    lateSpans: [],
    lateEvaluated: [],
    changes: { states: [], removed: [], transitions: [] },
  },
  ...{ rows: BATCH, bytes: 0, cutUs: Date.now() * 1000 },
});

function copyByPsql(url: string, file: string): number {
  const copy = `\\copy reading (time, value, tag_id, received_delta_ms, status, flags) FROM '${file}' WITH (FORMAT binary)`;
  const startMs = performance.now();
  const done = spawnSync('psql', [url, '--no-psqlrc', '--quiet', '--command', copy], { encoding: 'utf8' });
  if (done.error !== undefined) throw new Error(`psql is needed for this bench (Debian: postgresql-client): ${done.error.message}`);
  if (done.status !== 0) throw new Error(`psql: ${done.stderr}`);
  return ROWS / ((performance.now() - startMs) / 1000);
}
