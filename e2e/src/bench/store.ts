import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { copyChunks } from '../../../api/server/src/store/copy-encoder.ts';
import { copyOurWay, encodeRows, openBenchStore, ROWS } from './bench-store.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const ROUNDS = 5;

/** Our COPY, encoding included, against `psql \copy … binary` of the same rows into the same indexed table. */
export const bench: Bench = {
  name: 'store',
  description: `${ROWS.toLocaleString('en-US')} readings of 1,000 tags, ours in transactions of 10,000, psql from one file; ${ROUNDS} rounds`,
  run: measure,
};

async function measure({ defer, step }: BenchContext): Promise<BenchResult> {
  step('starting PostgreSQL');
  const bench = await openBenchStore();
  defer(() => bench.close());
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-store-'));
  const file = join(folder, 'rows.bin');
  const ours: number[] = [];
  const peer: number[] = [];
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
    if (round > 0) [ours[round - 1], peer[round - 1]] = [mine, theirs];
  }
  const ratio = median(ours) / median(peer);
  return {
    name: 'store',
    goal: 0.75,
    gate: 0.675,
    ratio,
    unit: 'readings/s',
    higherIsBetter: true,
    ours,
    peer,
    notes: ['PostgreSQL 17, durable, index (tag_id, time)'],
  };
}

function copyByPsql(url: string, file: string): number {
  const copy = `\\copy reading (time, value, tag_id, received_delta_ms, status, flags) FROM '${file}' WITH (FORMAT binary)`;
  const startMs = performance.now();
  const done = spawnSync('psql', [url, '--no-psqlrc', '--quiet', '--command', copy], { encoding: 'utf8' });
  if (done.error !== undefined) throw new Error(`psql is needed for this bench (Debian: postgresql-client): ${done.error.message}`);
  if (done.status !== 0) throw new Error(`psql: ${done.stderr}`);
  return ROWS / ((performance.now() - startMs) / 1000);
}
