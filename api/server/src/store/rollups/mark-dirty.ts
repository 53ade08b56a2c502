import type { ScopedClient, TagId } from '../../ports.ts';
import { toTimestamp } from '../micros.ts';
import { HOUR_US } from './levels.ts';

/** A site of a tenant. */
export interface Place {
  readonly tenant: string;
  readonly site: string;
}

/**
 * A mark that is there and that nobody is at work on is enough, held until this commit ends: whoever takes it then sees
 * what is committed here. One at which somebody is at work may miss it, so that another is added. Nobody waits.
 */
const MARK = `
INSERT INTO rollup_mark (tenant, site, level, time)
SELECT $1, $2, $3, n.time FROM unnest($4::timestamptz[]) AS n (time)
WHERE NOT EXISTS (
  SELECT FROM rollup_mark m WHERE m.tenant = $1 AND m.site = $2 AND m.level = $3 AND m.time = n.time AND m.tags IS NULL
  LIMIT 1 FOR KEY SHARE SKIP LOCKED)`;

/** Hours whose sums are to be reckoned anew, told in the transaction that changes their readings. */
export async function markDirty(client: ScopedClient, place: Place, hours: Iterable<number>): Promise<void> {
  await mark(client, place, 'hour', [...hours].map((hour) => hour * HOUR_US)); // biome-ignore format: one call
}

/** The hour of an instant, counted from 1970. */
export const hourOf = (timeUs: number): number => Math.floor(timeUs / HOUR_US);

/** As `markDirty`, for days: any instant of the day says which. */
export const markDays = (client: ScopedClient, place: Place, instants: readonly number[]): Promise<void> =>
  mark(client, place, 'day', instants);

async function mark(client: ScopedClient, place: Place, level: 'hour' | 'day', times: readonly number[]): Promise<void> {
  if (times.length === 0) return;
  const values = [place.tenant, place.site, level, times.map(toTimestamp)];
  await client.query({ name: 'mark-dirty', text: MARK, values });
}

/** Mark an hour for some tags only: of what comes late. */
export async function markTags(client: ScopedClient, place: Place, late: ReadonlyMap<number, ReadonlySet<TagId>>): Promise<void> {
  for (const [hour, tags] of late) {
    const values = [place.tenant, place.site, toTimestamp(hour * HOUR_US), [...tags]];
    await client.query(`INSERT INTO rollup_mark (tenant, site, level, time, tags) VALUES ($1, $2, 'hour', $3, $4)`, values);
  }
}

const MARK_DEVICES = `
INSERT INTO rollup_mark (tenant, site, level, time, tags)
SELECT $1, $2, 'hour', $3, array_agg(t.tag_id) FROM device d JOIN tag t ON t.tenant = d.tenant AND t.device = d.name
WHERE d.tenant = $1 AND d.device_id = ANY($4) HAVING count(*) > 0`;

/** As `markTags`, for all tags of devices. */
export async function markDevices(client: ScopedClient, place: Place, late: ReadonlyMap<number, ReadonlySet<number>>): Promise<void> {
  for (const [hour, devices] of late) {
    await client.query(MARK_DEVICES, [place.tenant, place.site, toTimestamp(hour * HOUR_US), [...devices]]);
  }
}
