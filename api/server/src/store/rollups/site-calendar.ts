import type { SiteModel } from '@kubeplant/crds/model';
import { parseSpanDays } from '@kubeplant/words';
import type { ScopedClient } from '../../ports.ts';

interface Place {
  readonly tenant: string;
  readonly site: string;
}

const WRITE = `
INSERT INTO site_calendar AS c (tenant, site, timezone, day_start, event_days) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (tenant, site) DO UPDATE SET timezone = $3, day_start = $4, event_days = $5
WHERE (c.timezone, c.day_start, c.event_days) IS DISTINCT FROM ($3, $4, $5)`;

/** Keep how a site counts its days, and for how many of them its events are kept. */
export async function writeCalendar(
  client: ScopedClient,
  { tenant, site, timezone, dayStart, historian }: Pick<SiteModel, 'tenant' | 'site' | 'timezone' | 'dayStart' | 'historian'>,
): Promise<void> {
  await client.query(WRITE, [tenant, site, timezone, dayStart, parseSpanDays(historian.eventRetention) ?? null]);
}

const CHANGED = `
SELECT tenant, site FROM site_calendar WHERE rolled IS DISTINCT FROM timezone || ' ' || day_start FOR UPDATE SKIP LOCKED`;

/** A day that was touches up to three days as they are now. */
const MARK_DAYS = `
INSERT INTO rollup_mark (tenant, site, level, time)
SELECT DISTINCT $1, $2, 'day', d.time + n.later FROM rollup_1d d JOIN tag t USING (tag_id)
CROSS JOIN (VALUES (interval '0'), (interval '12 hours'), (interval '24 hours')) AS n (later) WHERE t.tenant = $1 AND t.site = $2`;

const DROP_DAYS = 'DELETE FROM rollup_1d d USING tag t WHERE t.tag_id = d.tag_id AND t.tenant = $1 AND t.site = $2';

const TAKE_OVER = `UPDATE site_calendar SET rolled = timezone || ' ' || day_start WHERE tenant = $1 AND site = $2`;

/** Where a site counts its days otherwise than before, all its days are to be reckoned anew. */
export async function takeCalendars(client: ScopedClient): Promise<number> {
  const { rows } = await client.query<Place>(CHANGED);
  for (const { tenant, site } of rows) {
    for (const text of [MARK_DAYS, DROP_DAYS, TAKE_OVER]) await client.query(text, [tenant, site]);
  }
  return rows.length;
}
