import pg from 'pg';
import type { CountingDevice } from './counting-device.ts';

/** A span of numbers, both ends included. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** What the database holds of the numbers that devices have served. */
export interface Counts {
  readonly served: number;
  /** Numbers stored for every tag. */
  readonly stored: number;
  /** Numbers served and not stored, of whichever tag. */
  readonly missing: readonly Span[];
  readonly lost: number;
  /** Rows that are there more than once: the same tag and number. */
  readonly doubles: number;
  /** Rows whose number was never served, or by another device or at another time than they say. */
  readonly wrong: number;
  /** Rows in quarantine. */
  readonly quarantined: number;
}

/** A row may say it was measured so long before or after its number was served, unless a case allows more. */
const APART_MS = 3000;

type Served = Pick<CountingDevice, 'servedMs' | 'units' | 'tags'>;

interface Stored {
  readonly number: number;
  readonly unit: number;
  /** Earliest time of its rows. */
  readonly ms: number;
  readonly tags: number;
  readonly rows: number;
}

/** One pass over all readings. A device has at most 62 tags, `count-0` and so on: a bit for each. */
const STORED = `
  WITH counter AS MATERIALIZED (
    SELECT tag_id, coalesce(substring(device FROM '[0-9]+$')::int, 1) AS unit, 1::int8 << substring(name FROM '[0-9]+$')::int AS bit
    FROM tag WHERE device LIKE 'counter%')
  SELECT r.value AS number, unit, (extract(epoch FROM min(r.time)) * 1000)::float8 AS ms,
    bit_count(bit_or(bit)::bit(64))::int AS tags, count(*)::int AS rows
  FROM reading r JOIN counter USING (tag_id) WHERE r.value IS NOT NULL GROUP BY r.value, unit`;

/** Compare what was served with what is stored, in every tag. `upTo`: numbers after it may still be on their way. */
export async function checkCounts(databaseUrl: string, device: Served, upTo: number, apartMs = APART_MS): Promise<Counts> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    await client.query(`SET work_mem = '512MB'`);
    const { rows } = await client.query<Stored>(STORED);
    const quarantined = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM quarantine');
    return { ...compare(rows, device, upTo, apartMs), quarantined: quarantined.rows[0]?.count ?? 0 };
  } finally {
    await client.end();
  }
}

function compare(
  rows: readonly Stored[],
  { servedMs, units, tags: all }: Served,
  upTo: number,
  apartMs: number,
): Omit<Counts, 'quarantined'> {
  const whole = new Set<number>();
  let doubles = 0;
  let wrong = 0;
  for (const { number, unit, ms, tags, rows: count } of rows) {
    const atMs = servedMs[number - 1];
    if (atMs === undefined || units[number - 1] !== unit || Math.abs(ms - atMs) > apartMs) wrong += count;
    doubles += count - tags;
    if (tags === all) whole.add(number);
  }
  const missing: { first: number; last: number }[] = [];
  for (let number = 1; number <= Math.min(upTo, servedMs.length); number += 1) {
    if (whole.has(number)) continue;
    const span = missing.at(-1);
    if (span?.last === number - 1) span.last = number;
    else missing.push({ first: number, last: number });
  }
  const lost = missing.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return { served: servedMs.length, stored: whole.size, missing, lost, doubles, wrong };
}
