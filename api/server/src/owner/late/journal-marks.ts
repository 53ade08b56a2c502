import type { JournalMark } from '@kubeplant/engine';
import type { ScopedClient } from '../../ports.ts';
import { microsSql, toTimestamp } from '../../store/micros.ts';

/** The journal of some alarms of a site. */
export interface JournalOf {
  readonly tenant: string;
  readonly site: string;
  readonly alarms: readonly string[];
}

const COLUMNS = `seq, alarm, kind, time, occurrence, late, cause LIKE 'clock:%' AS by_clock`;
const OWN = `tenant = $1 AND site = $2 AND kind IN ('Active', 'Cleared', 'Retired')`;
const last = (which: string): string =>
  `(SELECT ${COLUMNS} FROM alarm_transition WHERE ${OWN} AND alarm = n.alarm AND time < $4::timestamptz AND ${which} ORDER BY time DESC, seq DESC LIMIT 1)`;

const BEFORE = `
SELECT r.alarm, r.kind, ${microsSql('r.time')} AS "timeUs", r.occurrence, r.late, r.by_clock AS "byClock", EXISTS (
  SELECT FROM alarm_transition a WHERE a.tenant = $1 AND a.site = $2 AND a.alarm = r.alarm AND a.occurrence = r.occurrence AND a.kind = 'Acknowledged'
) AS acknowledged
FROM unnest($3::text[]) AS n (alarm) CROSS JOIN LATERAL (${last(`cause NOT LIKE 'clock:%'`)} UNION ${last('NOT late')}) AS r ORDER BY r.time, r.seq`;

const BETWEEN = `
SELECT alarm, kind, ${microsSql('time')} AS "timeUs", occurrence, late, cause LIKE 'clock:%' AS "byClock"
FROM alarm_transition WHERE ${OWN} AND alarm = ANY ($3::text[]) AND time >= $4::timestamptz AND ($5::timestamptz IS NULL OR time < $5) ORDER BY time, seq`;

/** Of each alarm the last row before a time that a reading caused, and the last that is not late. */
export async function marksBefore(client: ScopedClient, { tenant, site, alarms }: JournalOf, timeUs: number): Promise<JournalMark[]> {
  return (await client.query<JournalMark>(BEFORE, [tenant, site, alarms, toTimestamp(timeUs)])).rows;
}

/** Rows from a time on, up to another one where that is given. */
export async function marksBetween(
  client: ScopedClient,
  { tenant, site, alarms }: JournalOf,
  fromUs: number,
  toUs?: number,
): Promise<JournalMark[]> {
  const values = [tenant, site, alarms, toTimestamp(fromUs), toUs === undefined ? null : toTimestamp(toUs)];
  return (await client.query<JournalMark>(BETWEEN, values)).rows;
}
