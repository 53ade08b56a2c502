import pg from 'pg';
import type { CountingDevice } from './counting-device.ts';

/** A span of numbers, both ends included. */
export interface Span {
  readonly first: number;
  readonly last: number;
}

/** What the database holds of the numbers a device has served. */
export interface Counts {
  readonly served: number;
  /** Numbers stored for every tag. */
  readonly stored: number;
  /** Numbers served and not stored, of whichever tag. */
  readonly missing: readonly Span[];
  readonly lost: number;
  /** Rows that are there more than once: the same tag and number. */
  readonly doubles: number;
  /** Rows whose number was never served, or at another time than it says. */
  readonly wrong: number;
  /** Rows in quarantine. */
  readonly quarantined: number;
}

/** A row may say it was measured so long before or after its number was served. */
const APART_MS = 3000;

/** Compare what was served with what is stored, in every tag. `upTo`: numbers after it may still be on their way. */
export async function checkCounts(databaseUrl: string, device: Pick<CountingDevice, 'servedMs' | 'tags'>, upTo: number): Promise<Counts> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ number: number; ms: number; tags: number; rows: number }>(
      `SELECT r.value::int8::float8 AS number, min(extract(epoch FROM r.time) * 1000)::float8 AS ms, count(DISTINCT r.tag_id)::int AS tags, count(*)::int AS rows
       FROM reading r JOIN tag t USING (tag_id) WHERE t.device = 'counter' AND r.value IS NOT NULL GROUP BY r.value`,
    );
    const quarantined = await client.query<{ count: number }>('SELECT count(*)::int AS count FROM quarantine');
    return { ...compare(rows, device, upTo), quarantined: quarantined.rows[0]?.count ?? 0 };
  } finally {
    await client.end();
  }
}

function compare(
  rows: readonly { readonly number: number; readonly ms: number; readonly tags: number; readonly rows: number }[],
  { servedMs, tags: all }: Pick<CountingDevice, 'servedMs' | 'tags'>,
  upTo: number,
): Omit<Counts, 'quarantined'> {
  const whole = new Set<number>();
  let doubles = 0;
  let wrong = 0;
  for (const { number, ms, tags, rows: count } of rows) {
    const atMs = servedMs[number - 1];
    if (atMs === undefined || Math.abs(ms - atMs) > APART_MS) wrong += count;
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
