import type { ScopedClient, WithScope } from '../ports.ts';
import { toTimestamp } from './micros.ts';

interface Deps {
  readonly withScope: WithScope;
  readonly nowUs: number;
  /** How long that is kept which says something of readings: as long as the readings of the longest class. */
  readonly readingDays: number;
  readonly signal: AbortSignal;
  readonly done: (rows: number) => void;
}

const DAY_US = 86_400_000_000;
/** Rows of a transaction: short ones, beside which recording goes on. */
const ROWS = 5_000;
/** As the schema of Site says, for sites whose model was written before it was kept here. */
const EVENT_DAYS = 5 * 365;
/** A collector may hold readings for 365 days (`buffering.maxAge`): until then its runs are told from new ones. */
const CLAIM_DAYS = 400;
/** Ended sessions are shown this long. */
const SESSION_DAYS = 7;

const OF_SITES = [
  ['event', 'time'],
  ['alarm_transition', 'time'],
  ['quarantine', 'recorded_at'],
] as const;

/** Delete rows that are older than they are kept; partitions and chunks are dropped whole elsewhere. */
export async function deleteExpired(deps: Deps): Promise<void> {
  const { withScope, readingDays } = deps;
  for (const { tenant, site, days } of await withScope({ grants: [{ tenant: '*', site: '*' }] }, listEventDays))
    for (const [table, column] of OF_SITES)
      await deleteOlder(deps, { table, column, days, where: 'tenant = $2 AND site = $3 AND ', values: [tenant, site] });
  const others = [
    ['reading_out_of_window', 'time', readingDays],
    ['observed', 'ended', readingDays],
    ['rollup_1d', 'time', readingDays],
    ['ingest_progress', 'updated_at', CLAIM_DAYS],
    ['session', 'expires_at', SESSION_DAYS],
  ] as const;
  for (const [table, column, days] of others) await deleteOlder(deps, { table, column, days, where: '', values: [] });
}

interface EventDays {
  readonly tenant: string;
  readonly site: string;
  readonly days: number;
}

/** How long events are kept at each site there is or was. */
const listEventDays = async (client: ScopedClient): Promise<EventDays[]> =>
  (await client.query<EventDays>('SELECT tenant, site, coalesce(event_days, $1) AS days FROM site_calendar', [EVENT_DAYS])).rows;

async function deleteOlder(
  { withScope, nowUs, signal, done }: Deps,
  what: {
    readonly table: string;
    readonly column: string;
    readonly days: number;
    readonly where: string;
    readonly values: readonly string[];
  },
): Promise<void> {
  const { table, column, days, where, values } = what;
  const text = `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM ${table} WHERE ${where}${column} < $1::timestamptz LIMIT ${ROWS}))`;
  const before = toTimestamp(nowUs - days * DAY_US);
  for (let rows = ROWS; rows === ROWS && !signal.aborted; ) {
    const deleted = await withScope({ grants: [{ tenant: '*', site: '*' }] }, (client) => client.query(text, [before, ...values]));
    rows = deleted.rowCount ?? 0;
    if (rows > 0) done(rows);
  }
}
