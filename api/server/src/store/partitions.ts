import type pg from 'pg';
import { SPANNED_TABLES } from './history-tables.ts';
import { toTimestamp } from './micros.ts';
import { ROLLUP_SPANS } from './rollups/levels.ts';

const DAY_US = 86_400_000_000;
const LOCK = 7_201_002;

/** Days that have their partitions, made when they are needed; with hypertables there is nothing to make. */
export interface Partitions {
  /** Make the days of a range; resolves at once when all are known to be there. */
  ensure(fromUs: number, untilUs: number): Promise<void>;
  /** True when nothing has to be made for the range. */
  covers(fromUs: number, untilUs: number): boolean;
  /** Some were dropped: look again. */
  forget(): void;
}

/** Partitions for a database with plain ones; `connect` gives a connection of the login that owns the tables. */
export function createPartitions(connect: <T>(run: (client: pg.ClientBase) => Promise<T>) => Promise<T>): Partitions {
  const made = new Set<number>();
  const days = (fromUs: number, untilUs: number): number[] => {
    const missing: number[] = [];
    for (let day = Math.floor(fromUs / DAY_US); day <= Math.floor(untilUs / DAY_US); day += 1) if (!made.has(day)) missing.push(day);
    return missing;
  };
  return {
    covers: (fromUs, untilUs) => days(fromUs, untilUs).length === 0,
    ensure: async (fromUs, untilUs) => {
      const missing = days(fromUs, untilUs);
      if (missing.length === 0) return;
      await connect((client) => makeDays(client, missing));
      for (const day of missing) made.add(day);
    },
    forget: () => made.clear(),
  };
}

/** With hypertables the extension makes chunks itself. */
export const noPartitions: Partitions = { covers: () => true, ensure: async () => {}, forget: () => {} };

async function makeDays(client: pg.ClientBase, days: readonly number[]): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    for (const table of [...SPANNED_TABLES, ...ROLLUP_SPANS]) for (const day of days) await makeSpan(client, table, day);
    await client.query('COMMIT');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  }
}

/** Make the partition that has a day. Made apart and attached, because that lets readers and writers of other days go on. */
export async function makeSpan(
  client: Pick<pg.ClientBase, 'query'>,
  { name: table, days }: { readonly name: string; readonly days: number },
  day: number,
): Promise<void> {
  const first = Math.floor(day / days) * days;
  const from = toTimestamp(first * DAY_US);
  const to = toTimestamp((first + days) * DAY_US);
  const name = `${table}_${from.slice(0, 10).replaceAll('-', '')}`;
  const present = await client.query('SELECT 1 FROM pg_class WHERE oid = to_regclass($1)', [name]);
  if (present.rowCount !== 0) return;
  await client.query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL)`);
  await client.query(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`);
}
