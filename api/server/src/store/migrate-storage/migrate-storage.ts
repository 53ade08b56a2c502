import pg from 'pg';
import { addressOf, DatabaseError, explainDatabaseError } from '../database-error.ts';
import { listSpans, type SpanTable } from '../list-spans.ts';
import { toTimestamp } from '../micros.ts';
import { migrate, readVersion } from '../migrate.ts';
import { MIGRATIONS } from '../migrations/index.ts';
import type { Layout } from '../migrations/migration.ts';
import type { StoreLog } from '../store-log.ts';
import { assertAlone, assertMovable, assertOwner, ensureTimescale } from './check-before.ts';
import type { Client } from './in-transaction.ts';
import type { MoveEvent, TableRows } from './move-event.ts';
import { dropUnmoved, moveSpan } from './move-span.ts';
import { beginMove, endMove, readMoveState } from './move-state.ts';
import { countIn, MOVED_TABLES, type SizedSpan, unmovedSpans } from './moved-tables.ts';
import { turnTable } from './turn-table.ts';

const LOCK = 7_201_004;
const NAME = 'kubeplant migrate-storage';

interface Options {
  readonly databaseUrl: string;
  readonly to: Layout;
  readonly tell: (event: MoveEvent) => void;
  /** Ends the move after the span that is being moved. */
  readonly signal: AbortSignal;
  readonly log: StoreLog;
  readonly nowMs?: () => number;
}

/** Move a recorded history to the other layout, or go on with that. Rejects with what has to be done first; whatever was moved stays moved. */
export async function migrateStorage(options: Options): Promise<void> {
  const client = new pg.Client({
    connectionString: options.databaseUrl,
    application_name: NAME,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  });
  client.on('error', () => {}); // what it was doing rejects
  try {
    await client.connect();
    await moveOn(client, options);
  } catch (error) {
    throw explainDatabaseError(error, addressOf(client));
  } finally {
    await client.end();
  }
}

/** As `migrateStorage`, on a connection that is there. */
export async function moveOn(client: Client, options: Options): Promise<void> {
  const { to, tell, databaseUrl, log } = options;
  await prepareSession(client);
  const state = await readMoveState(client);
  if (state === undefined) throw new DatabaseError('missing', 'there is no history of Kubeplant in this database: correct the URL');
  const resumed = state.move !== undefined;
  if (!resumed && state.layout === to) return tell({ event: 'unchanged', layout: to });
  await readVersion(client, MIGRATIONS, { whileMoving: true });
  await assertAlone(client);
  await assertOwner(client);
  await assertMovable(client, to);
  if (to === 'hypertables') await ensureTimescale(databaseUrl);
  if (!resumed) await migrate(databaseUrl, log);
  await beginMove(client, to);
  if (!(await moveTables(client, options, resumed))) return tell({ event: 'stopped', to });
  const tables = await countTables(client, options);
  if (tables === undefined) return tell({ event: 'stopped', to });
  await endMove(client);
  tell({ event: 'done', layout: to, tables });
}

async function prepareSession(client: Client): Promise<void> {
  const locked = await client.query<{ mine: boolean }>('SELECT pg_try_advisory_lock($1) AS mine', [LOCK]);
  if (locked.rows[0]?.mine !== true)
    throw new DatabaseError('moving', 'another `kubeplant migrate-storage` is at work on this database: wait for it, or stop it first');
  // A span may take hours; whoever uses a table that has to be dropped is waited for, and no longer than this.
  await client.query(
    `SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '30s'; SET synchronize_seqscans = off`,
  );
  // The server then notices within seconds that this process is gone; not every system can tell.
  await client.query(`SET client_connection_check_interval = '5s'`).catch(() => {});
}

/** True when all is moved, false when the signal says stop. */
async function moveTables(client: Client, { to, tell, signal, nowMs = Date.now }: Options, resumed: boolean): Promise<boolean> {
  const tables: { table: SpanTable; spans: SizedSpan[] }[] = [];
  for (const table of MOVED_TABLES) tables.push({ table, spans: await unmovedSpans(client, table, to) });
  const all = tables.flatMap(({ spans }) => spans);
  const total = { spansTotal: all.length, bytesTotal: all.reduce((sum, { bytes }) => sum + bytes, 0) };
  tell({ event: 'started', to, resumed, ...total });
  const beganMs = nowMs();
  const done = { rowsDone: 0, spansDone: 0, bytesDone: 0 };
  for (const { table, spans } of tables) {
    if (signal.aborted) return false;
    await turnTable(client, table, to);
    for (const span of spans) {
      if (signal.aborted) return false;
      const rows = await moveSpan(client, table, span, to);
      done.rowsDone += rows;
      done.spansDone += 1;
      done.bytesDone += span.bytes;
      const secondsLeft = Math.round((((nowMs() - beganMs) / 1000) * (total.bytesTotal - done.bytesDone)) / Math.max(1, done.bytesDone));
      tell({ event: 'span', table: table.name, from: toTimestamp(span.fromUs).slice(0, 10), rows, ...done, ...total, secondsLeft });
    }
    await dropUnmoved(client, table.name);
  }
  return true;
}

/** What every table has now, and should have; statistics for the planner on the way. */
async function countTables(client: Client, { to, tell, signal }: Options): Promise<TableRows[] | undefined> {
  const tables: TableRows[] = [];
  const state = await readMoveState(client);
  for (const table of MOVED_TABLES) {
    let after = 0;
    for (const { name } of await listSpans(client, to, table)) {
      if (signal.aborted) return undefined;
      await client.query(`ANALYZE ${name}`);
      after += await countIn(client, name);
    }
    tables.push({ table: table.name, before: state?.move?.rows[table.name] ?? 0, after });
    tell({ event: 'counted', ...(tables.at(-1) as TableRows) }); // it has just been pushed
  }
  return tables;
}
