import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** How old the newest reading was at a time, both in milliseconds. */
export interface Seen {
  readonly atMs: number;
  readonly ageMs: number;
}

/** How old the newest reading in the database is, seen again and again. */
export interface Freshness {
  /** What was seen since the last call. */
  take(): Seen[];
  stop(): Promise<void>;
}

const EVERY_MS = 20;

/** Watch the first tag of the first device. */
export async function watchFreshness(databaseUrl: string): Promise<Freshness> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => {});
  await client.connect();
  const { rows } = await client.query<{ tag_id: number }>(`SELECT tag_id FROM tag WHERE device = 'counter' AND name = 'count-0'`);
  const text = `SELECT extract(epoch FROM clock_timestamp() - max(time))::float8 * 1000 AS age FROM reading WHERE tag_id = $1 AND time > now() - interval '1 minute'`;
  let ages: Seen[] = [];
  let stopped = false;
  const watching = (async () => {
    while (!stopped) {
      const found = await client.query<{ age: number | null }>(text, [rows[0]?.tag_id]);
      ages.push({ atMs: Date.now(), ageMs: found.rows[0]?.age ?? Number.POSITIVE_INFINITY });
      await sleep(EVERY_MS);
    }
  })();
  return {
    take: () => {
      const taken = ages;
      ages = [];
      return taken;
    },
    stop: async () => {
      stopped = true;
      await watching.catch(() => undefined);
      await client.end();
    },
  };
}

/** The 99th of a hundred ages. */
export function p99(seen: readonly Seen[]): number {
  const sorted = seen.map(({ ageMs }) => ageMs).sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN);
}
