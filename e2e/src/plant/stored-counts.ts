import pg from 'pg';

/** What the database holds of the counting tag. */
export interface StoredCounts {
  /** `time` in microseconds and value, in order of time. */
  readonly rows: readonly { readonly timeUs: bigint; readonly value: number | null }[];
  /** Committed blocks of each run, as PostgreSQL writes a multirange. */
  readonly committed: Readonly<Record<string, string>>;
}

/** Read them as the api's login does, with everything in scope. */
export async function readCounts(databaseUrl: string): Promise<StoredCounts> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`SELECT set_config('kubeplant.scope', '* *', false)`);
    const readings = await client.query<{ us: string; value: number | null }>(
      `SELECT (extract(epoch FROM r.time) * 1000000)::int8 AS us, r.value FROM reading r JOIN tag t USING (tag_id)
       WHERE t.device = 'counter' AND t.name = 'count' ORDER BY r.time, r.value`,
    );
    const progress = await client.query<{ run: string; committed: string }>('SELECT run, committed::text FROM ingest_progress');
    return {
      rows: readings.rows.map(({ us, value }) => ({ timeUs: BigInt(us), value })),
      committed: Object.fromEntries(progress.rows.map(({ run, committed }) => [run, committed])),
    };
  } finally {
    await client.end();
  }
}

/** Values that are there twice, at the same time or as the same step of one count. */
export function findDoubles({ rows }: StoredCounts): string[] {
  const seen = new Set<string>();
  const doubles: string[] = [];
  for (const { timeUs } of rows) {
    if (seen.has(String(timeUs))) doubles.push(String(timeUs));
    seen.add(String(timeUs));
  }
  return doubles;
}

/** Runs whose committed blocks have a hole or do not begin with the first. */
export const findHoles = ({ committed }: StoredCounts): string[] =>
  Object.entries(committed)
    .filter(([, ranges]) => !/^\{\[1,\d+\)\}$/.test(ranges))
    .map(([run, ranges]) => `${run} ${ranges}`);

/** The rows of `before` that are not in `after`. */
export function findLost(before: StoredCounts, after: StoredCounts): string[] {
  const present = new Set(after.rows.map(({ timeUs, value }) => `${timeUs} ${value}`));
  return before.rows.map(({ timeUs, value }) => `${timeUs} ${value}`).filter((row) => !present.has(row));
}

/** The longest run of steps between two values that follow each other, counting only upwards. */
export function longestJump({ rows }: StoredCounts, sinceUs: bigint): number {
  const values = rows.filter(({ timeUs }) => timeUs >= sinceUs).flatMap(({ value }) => (value === null ? [] : [value]));
  return values.reduce((longest, value, index) => Math.max(longest, index === 0 ? 0 : value - (values[index - 1] ?? value)), 0);
}
