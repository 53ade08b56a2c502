import type { ScopedClient, StoredTag } from '../../ports.ts';
import { microsSql, toTimestamp } from '../micros.ts';
import { HOUR_US, type LevelName } from './levels.ts';
import type { SumsState } from './plan-sources.ts';
import { dayGrid, type SiteDay } from './site-days.ts';
import type { Span } from './summary.ts';

/** A day of a site is never longer. */
const DAY_AT_MOST_US = 26 * HOUR_US;

const MARKS = `
SELECT level, ${microsSql('time')} FROM rollup_mark
WHERE tenant = $1 AND site = $2 AND time >= $3::timestamptz AND time < $4::timestamptz AND (tags IS NULL OR $5 = ANY(tags))`;

const BY_HOUR = `
SELECT floor(date_part('epoch', time) / 3600)::float8, sum(n + bad)::float8 FROM rollup_15m
WHERE tag_id = $1 AND time >= $2::timestamptz AND time < $3::timestamptz GROUP BY 1`;

/** What has to be known of the sums of a range before they are used. */
export async function readSumsState(client: ScopedClient, tag: StoredTag, range: Span, level: 'raw' | LevelName): Promise<SumsState> {
  const calendar = await readCalendar(client, tag);
  const days = dayGrid(calendar);
  if (level === 'raw')
    return {
      pendingHours: new Set(),
      pendingDays: [],
      readingsByHour: new Map(),
      minutesFromUs: Number.NEGATIVE_INFINITY,
      days,
      daysHold: false,
    };
  const around = [toTimestamp(range.fromUs - DAY_AT_MOST_US), toTimestamp(range.toUs + DAY_AT_MOST_US)];
  const values = [tag.tenant, tag.site, ...around, tag.tagId];
  const marks = await client.query<['hour' | 'day', number]>({ text: MARKS, values, rowMode: 'array' });
  const of = (wanted: string): number[] => marks.rows.flatMap(([kind, us]) => (kind === wanted ? [us] : []));
  return {
    pendingHours: new Set(of('hour').map((us) => Math.floor(us / HOUR_US))),
    pendingDays: of('day'),
    ...(level === '1m'
      ? { readingsByHour: await readByHour(client, tag, range), minutesFromUs: await readMinutesFrom(client) }
      : { readingsByHour: new Map(), minutesFromUs: Number.NEGATIVE_INFINITY }),
    days,
    daysHold: calendar.isRolled,
  };
}

async function readByHour(client: ScopedClient, tag: StoredTag, range: Span): Promise<ReadonlyMap<number, number>> {
  const values = [tag.tagId, toTimestamp(range.fromUs - HOUR_US), toTimestamp(range.toUs + HOUR_US)];
  const { rows } = await client.query<[number, number]>({ text: BY_HOUR, values, rowMode: 'array' });
  return new Map(rows);
}

async function readMinutesFrom(client: ScopedClient): Promise<number> {
  const { rows } = await client.query<{ us: number | null }>(`SELECT ${microsSql('minutes_from')} AS us FROM schema_info`);
  return rows[0]?.us ?? Number.NEGATIVE_INFINITY;
}

/** How a site counts its days, and whether the sums of days are of such days. */
export interface Calendar extends SiteDay {
  readonly isRolled: boolean;
}

const CALENDAR = `
SELECT timezone, day_start AS "dayStart", rolled IS NOT DISTINCT FROM timezone || ' ' || day_start AS "isRolled"
FROM site_calendar WHERE tenant = $1 AND site = $2`;

/** The days of a site; UTC where none are known. */
export async function readCalendar(client: ScopedClient, place: { readonly tenant: string; readonly site: string }): Promise<Calendar> {
  const { rows } = await client.query<Calendar>(CALENDAR, [place.tenant, place.site]);
  return rows[0] ?? { timezone: 'UTC', dayStart: '00:00', isRolled: false };
}
