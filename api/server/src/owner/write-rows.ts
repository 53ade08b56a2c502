import type { ScopedClient } from '../ports.ts';
import { toTimestamp } from '../store/micros.ts';
import type { Batch } from './batch.ts';
import type { EventRow, QuarantineRow } from './prepared.ts';
import { formatMultirange, parseMultirange, type Range } from './range-set.ts';

interface Place {
  readonly tenant: string;
  readonly site: string;
}

/** What is committed of a run. */
export interface Progress {
  readonly shard: string;
  readonly run: string;
  readonly committed: readonly Range[];
}

interface StoredProgress extends Progress {
  /** By the clock of the database, which need not be ours. */
  readonly ageUs: number;
}

const clean = (text: string): string => text.replaceAll('\0', '');

/** jsonb takes neither NUL nor a lone surrogate. */
const toJson = (value: unknown): string | null =>
  value === undefined ? null : JSON.stringify(value, (_key, one: unknown) => (typeof one === 'string' ? clean(one).toWellFormed() : one));

const WRITE_PROGRESS = `
INSERT INTO ingest_progress AS p (tenant, site, shard, run, committed)
SELECT $1, $2, n.shard, n.run, n.committed::int8multirange FROM unnest($3::text[], $4::text[], $5::text[]) AS n (shard, run, committed)
ON CONFLICT (tenant, site, shard, run) DO UPDATE SET committed = p.committed + excluded.committed, updated_at = now()
RETURNING shard, run, committed::text`;

/** Returns what is committed of these runs now. */
export async function writeProgress(client: ScopedClient, place: Place, progress: Batch['progress']): Promise<Progress[]> {
  if (progress.length === 0) return [];
  const values = [
    place.tenant,
    place.site,
    progress.map((one) => one.shard),
    progress.map((one) => one.run),
    progress.map((one) => formatMultirange(one.ranges)),
  ];
  const written = await client.query<ProgressRow>({ name: 'write-progress', text: WRITE_PROGRESS, values });
  return written.rows.map(toProgress);
}

/** What is committed of the runs of a site of which something was in the last days. */
export async function readProgress(client: ScopedClient, { tenant, site }: Place, days: number): Promise<StoredProgress[]> {
  const text = `SELECT shard, run, committed::text, 1e6 * extract(epoch FROM now() - updated_at)::float8 AS age_us
    FROM ingest_progress WHERE tenant = $1 AND site = $2 AND updated_at >= now() - $3 * interval '1 day'`;
  const found = await client.query<ProgressRow & { age_us: number }>(text, [tenant, site, days]);
  return found.rows.map((row) => ({ ...toProgress(row), ageUs: row.age_us }));
}

interface ProgressRow {
  readonly shard: string;
  readonly run: string;
  readonly committed: string;
}

const toProgress = ({ shard, run, committed }: ProgressRow): Progress => ({ shard, run, committed: parseMultirange(committed) });

const WRITE_EVENTS = `
INSERT INTO event (tenant, site, time, kind, device, message, details)
SELECT $1, $2, n.* FROM unnest($3::timestamptz[], $4::text[], $5::text[], $6::text[], $7::jsonb[]) AS n`;

export async function writeEvents(client: ScopedClient, place: Place, events: readonly EventRow[]): Promise<void> {
  if (events.length === 0) return;
  const columns = [
    events.map((one) => toTimestamp(one.timeUs)),
    events.map((one) => one.kind),
    events.map((one) => one.device ?? null),
    events.map((one) => clean(one.message)),
    events.map((one) => toJson(one.details)),
  ];
  await client.query(WRITE_EVENTS, [place.tenant, place.site, ...columns]);
}

const WRITE_QUARANTINE = `
INSERT INTO quarantine (tenant, site, shard, run, seq, first_row, rows, device, tag, reason, detail, readings, body)
SELECT $1, $2, n.* FROM unnest($3::text[], $4::text[], $5::int8[], $6::int4[], $7::int4[], $8::text[], $9::text[], $10::text[], $11::text[], $12::jsonb[], $13::bytea[]) AS n`;

export async function writeQuarantine(client: ScopedClient, place: Place, rows: readonly QuarantineRow[]): Promise<void> {
  if (rows.length === 0) return;
  const columns = [
    rows.map((one) => one.shard),
    rows.map((one) => clean(one.run)),
    rows.map((one) => one.seq),
    rows.map((one) => one.firstRow ?? null),
    rows.map((one) => one.rows),
    rows.map((one) => one.device ?? null),
    rows.map((one) => one.tag ?? null),
    rows.map((one) => one.reason),
    rows.map((one) => clean(one.detail)),
    rows.map((one) => toJson(one.readings)),
    rows.map((one) => (one.body === undefined ? null : Buffer.from(one.body))),
  ];
  await client.query(WRITE_QUARANTINE, [place.tenant, place.site, ...columns]);
}
