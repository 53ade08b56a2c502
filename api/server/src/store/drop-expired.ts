import type { HistoryClass } from '@kubeplant/crds/model';
import type pg from 'pg';
import { SPANNED_TABLES } from './history-tables.ts';
import { type HistorySpan, listSpans, type SpanTable } from './list-spans.ts';
import { toTimestamp } from './micros.ts';
import type { Layout } from './migrations/migration.ts';
import type { Partitions } from './partitions.ts';
import { MINUTES, ROLLUP_SPANS } from './rollups/levels.ts';
import type { StoreLog } from './store-log.ts';

interface Deps {
  /** Of the login that owns the tables. */
  readonly client: pg.ClientBase;
  readonly layout: Layout;
  readonly partitions: Pick<Partitions, 'forget'>;
  readonly nowUs: number;
  /** How long readings of each class are kept, at least. */
  readonly keptDays: Readonly<Record<HistoryClass, number>>;
  readonly signal: AbortSignal;
  readonly done: (spans: number) => void;
  readonly log: StoreLog;
}

const DAY_US = 86_400_000_000;

/**
 * Readings are taken up to 33 days after their time: 30 days in a collector, and 72 hours behind. What may still be
 * written to stays, however short a class is kept.
 */
export const WRITABLE_DAYS = 34;

/** Drop whole partitions or chunks of which everything is older than it is kept. */
export async function dropExpired(deps: Deps): Promise<void> {
  const { client, keptDays } = deps;
  // Readers and writers of a table wait for this and it for them: it gives up soon, and the next run tries again.
  await client.query(`SET lock_timeout = '500ms'`);
  try {
    for (const table of SPANNED_TABLES) await dropOf(deps, table, keptDays[table.historyClass]);
    for (const table of ROLLUP_SPANS) await dropSums(deps, table);
  } finally {
    await client.query('RESET lock_timeout').catch(() => {}); // the connection may be gone
  }
}

/** Minutes stay as long as readings of the class standard, quarters of an hour as those of the longest. */
async function dropSums(deps: Deps, table: (typeof ROLLUP_SPANS)[number]): Promise<void> {
  const { keptDays } = deps;
  if (table.name === MINUTES.table) await dropOf(deps, { ...table, column: 'time' }, keptDays.standard, TELL_MINUTES);
  else await dropOf(deps, { ...table, column: 'time' }, Math.max(...Object.values(keptDays)));
}

/** Before they go: what asks for them then takes readings where there are any. */
const TELL_MINUTES = 'UPDATE schema_info SET minutes_from = greatest(minutes_from, $1::timestamptz)';

async function dropOf(deps: Deps, table: SpanTable, days: number, tell?: string): Promise<void> {
  const { client, layout, partitions, nowUs, signal, done, log } = deps;
  const beforeUs = nowUs - Math.max(WRITABLE_DAYS, days) * DAY_US;
  const expired = (await listSpans(client, layout, table)).filter(({ toUs }) => toUs <= beforeUs);
  if (tell !== undefined && expired.length > 0) await client.query(tell, [toTimestamp(Math.max(...expired.map(({ toUs }) => toUs)))]);
  for (const span of expired) {
    if (signal.aborted) return;
    try {
      await dropSpan(client, layout, span);
      done(1);
    } catch (error) {
      if ((error as { code?: string }).code !== '55P03') throw error; // lock_not_available
      log.info({ table: table.name, span: span.name }, 'an expired span is in use; it is dropped with the next run');
    } finally {
      partitions.forget();
    }
  }
}

async function dropSpan(client: pg.ClientBase, layout: Layout, { table, name, fromUs, toUs }: HistorySpan): Promise<void> {
  if (layout === 'partitions') await client.query(`DROP TABLE ${name}`);
  else
    await client.query(`SELECT drop_chunks($1::regclass, $2::timestamptz, $3::timestamptz)`, [
      table.name,
      toTimestamp(toUs),
      toTimestamp(fromUs),
    ]);
}
