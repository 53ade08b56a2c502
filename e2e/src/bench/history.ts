import type { Scope, ScopedClient, StoredTag, TagId } from '../../../api/server/src/ports.ts';
import { CopyRows } from '../../../api/server/src/store/copy-encoder.ts';
import { copyInto } from '../../../api/server/src/store/copy-into.ts';
import { toTimestamp } from '../../../api/server/src/store/micros.ts';
import { readingsSource } from '../../../api/server/src/store/readings/readings-source.ts';
import { type BenchStore, openBenchStore } from './bench-store.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const TAGS = 1_000;
const SECONDS = 3_600;
/** Tags with an hour of readings; all have a latest value. */
const DENSE_TAGS = 100;
const ROUNDS = 5;
const QUESTIONS = 40;
const GROWTH_DAYS = [1, 30, 365] as const;
const SPARSE_TAGS = 20;
const everything: Scope = { grants: [{ tenant: '*', site: '*' }] };
/** The whole hour before the last. */
const FROM_US = Math.floor(Date.now() / 3_600_000 - 2) * 3_600_000_000;
const HOUR = { fromUs: FROM_US, toUs: FROM_US + SECONDS * 1_000_000 };

/** An hour of a tag as our reading side gives it, against what the server says its own execution takes. */
export const bench: Bench = {
  name: 'history',
  limitS: 600,
  description: `one tag, one hour of 1 s data of ${DENSE_TAGS} tags, against the execution time of the server; ${ROUNDS} rounds of ${QUESTIONS}`,
  run: measure,
};

async function measure({ defer, step }: BenchContext): Promise<readonly BenchResult[]> {
  step('starting PostgreSQL');
  const bench = await openBenchStore();
  defer(() => bench.close());
  step('writing readings');
  await fill(bench);
  const ours: number[] = [];
  const peer: number[] = [];
  const latest: number[] = [];
  // The first round only warms up.
  for (let round = 0; round < ROUNDS + 1; round += 1) {
    step(`asking, round ${round}`);
    const [mine, theirs, newest] = await askAll(bench);
    if (round === 0) continue;
    ours.push(mine);
    peer.push(theirs);
    latest.push(newest);
  }
  const growth: string[] = [];
  for (const days of GROWTH_DAYS) {
    step(`writing ${days} days`);
    await fillDays(bench, days);
    const [mine] = await askAll(bench);
    growth.push(`${days} d ${mine.toFixed(1)} ms`);
  }
  const inMs = { unit: 'ms', higherIsBetter: false };
  return [
    {
      ...{ name: 'history, one hour', goal: 4, gate: 4.4, ratio: median(ours) / median(peer), ...inMs, ours, peer },
      notes: [`with so much history besides (readings of ${SPARSE_TAGS} tags each ten minutes): ${growth.join(', ')}`],
    },
    { ...{ name: 'history, one hour, p50', goal: 5, gate: 5.5, ratio: median(ours), ...inMs, ours, peer: [] }, notes: [] },
    {
      ...{ name: 'history, latest of 1,000 tags, p50', goal: 5, gate: 5.5, ratio: median(latest), ...inMs, ours: latest, peer: [] },
      notes: [],
    },
  ];
}

/** Days before, with a reading each ten minutes. */
async function fillDays({ store, admin }: BenchStore, days: number): Promise<void> {
  const fromUs = HOUR.fromUs - days * 86_400_000_000;
  await store.partitions.ensure(fromUs, HOUR.fromUs);
  const insert = `INSERT INTO reading SELECT time, 1, tag, 0, 0, 0 FROM generate_series($1::timestamptz, $2::timestamptz, interval '10 min') AS time, generate_series(1, ${SPARSE_TAGS}) AS tag`;
  await admin.query('DELETE FROM reading WHERE time < $1', [toTimestamp(HOUR.fromUs)]);
  await admin.query(insert, [toTimestamp(fromUs), toTimestamp(HOUR.fromUs - 1)]);
  await admin.query('ANALYZE');
}

async function fill({ store, admin }: BenchStore): Promise<void> {
  await store.partitions.ensure(HOUR.fromUs, HOUR.toUs);
  await admin.query(`INSERT INTO tag (tenant, site, device, name, origin, text, in_force)
    SELECT 'local/default', 'north', 'bench', 'tag-' || n, 'Real', false, true FROM generate_series(1, ${TAGS}) AS n`);
  await admin.query(`INSERT INTO tag_latest SELECT tag_id, now(), 1, NULL, 0, 0, now() FROM tag`);
  for (let second = 0; second < SECONDS; second += 100) {
    const rows = new CopyRows(100 * DENSE_TAGS);
    for (let n = 0; n < 100; n += 1)
      for (let tag = 1; tag <= DENSE_TAGS; tag += 1)
        rows.number(tag, HOUR.fromUs + (second + n) * 1_000_000, Math.sin(second + n) * 100, 5, 0, 0);
    await store.withOwnerScope(everything, (client) => copyInto(client, 'reading', [rows.bytes()]));
  }
  await admin.query('ANALYZE');
}

/** Medians in milliseconds: an hour read by us, the same executed by the server, latest values of all tags. */
async function askAll({ store }: BenchStore): Promise<readonly [number, number, number]> {
  const ours: number[] = [];
  const peer: number[] = [];
  const latest: number[] = [];
  const tagIds = Array.from({ length: TAGS }, (_, n) => (n + 1) as TagId); // ids of the bench
  for (let question = 0; question < QUESTIONS; question += 1) {
    const name = `tag-${(question % DENSE_TAGS) + 1}`;
    await store.withScope(everything, async (client) => {
      const tag = await findTag(store, client, name);
      const page = await timed(ours, () => store.readings.raw(client, tag, { ...HOUR, limit: SECONDS, order: 'asc' }));
      if (page.readings.length !== SECONDS) throw new Error(`${name} has ${page.readings.length} readings, not ${SECONDS}`);
      peer.push(await executionMs(client, tag));
      const values = await timed(latest, () => store.readings.latest(client, tagIds));
      if (values.size !== TAGS) throw new Error(`${values.size} latest values, not ${TAGS}`);
    });
  }
  return [median(ours), median(peer), median(latest)];
}

async function findTag({ readings }: BenchStore['store'], client: ScopedClient, name: string): Promise<StoredTag> {
  const tag = await readings.tag(client, { tenant: 'local/default', device: 'bench', name });
  if (tag === undefined) throw new Error(`${name} is not there`);
  return tag;
}

async function timed<T>(samples: number[], run: () => Promise<T>): Promise<T> {
  const startMs = performance.now();
  const result = await run();
  samples.push(performance.now() - startMs);
  return result;
}

async function executionMs(client: ScopedClient, tag: StoredTag): Promise<number> {
  const { sql, values } = readingsSource(tag, HOUR);
  const explain = `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT * FROM (${sql}) AS readings ORDER BY us LIMIT ${SECONDS}`;
  const { rows } = await client.query<{ 'QUERY PLAN': readonly { 'Execution Time': number }[] }>(explain, [...values]);
  return rows[0]?.['QUERY PLAN'][0]?.['Execution Time'] ?? Number.NaN;
}
