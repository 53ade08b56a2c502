import type { HistoryClass } from '@kubeplant/crds/model';
import type { ScopedClient } from '../ports.ts';
import { HISTORY_CLASSES, SEALED_SPAN_US, sealedTableOf, tableOf } from '../store/history-tables.ts';
import { microsSql, toTimestamp } from '../store/micros.ts';
import { fromInt2 } from '../store/status-code.ts';
import type { Series } from './series.ts';

/** Far enough back for whatever was stored after the last checkpoint. */
const LOOK_BACK_US = 4 * 86_400_000_000;

type LatestRow = [
  tagId: number,
  timeUs: number,
  value: number | null,
  text: string | null,
  status: number,
  flags: number,
  receivedUs: number,
];

const CHECKPOINT = `SELECT tag_id, ${microsSql('time')}, value, text, status, flags, ${microsSql('received')} FROM tag_latest WHERE tag_id = ANY($1)`;

const lastStored = (table: string, value: string) => `
SELECT n.tag_id, ${microsSql('r.time')}, ${value}, r.status, r.flags, ${microsSql('r.time')} + 1000::float8 * r.received_delta_ms
FROM unnest($1::int4[], $2::timestamptz[]) AS n (tag_id, since)
CROSS JOIN LATERAL (SELECT * FROM ${table} s WHERE s.tag_id = n.tag_id AND s.time >= n.since AND s.time >= $3::timestamptz ORDER BY s.time DESC LIMIT 1) r`;

const lastOfClass = (historyClass: HistoryClass): string[] => [
  lastStored(tableOf(historyClass, false), 'r.value, NULL::text'),
  lastStored(tableOf(historyClass, true), 'NULL::float8, r.value'),
];

const PACKED = (table: string): string => `
SELECT n.tag_id FROM unnest($1::int4[], $2::timestamptz[]) AS n (tag_id, at)
WHERE EXISTS (SELECT FROM ${table} s WHERE s.tag_id = n.tag_id AND s.start > n.at - interval '${SEALED_SPAN_US / 1e6} s' AND s.start <= n.at
  AND s.start > $3::timestamptz)`; // by this alone the server knows before it begins which partitions it needs

/**
 * Newest reading of each series: the checkpoint, or what was stored after it. A checkpoint that history does not have is of a
 * database that was restored meanwhile, and does not count: what collectors send again would be late.
 */
export async function loadLatest(client: ScopedClient, all: readonly Series[], nowUs: number): Promise<void> {
  for (const row of await select(client, CHECKPOINT, [all.map(({ tagId }) => tagId)])) take(byId(all), row);
  const stored = await loadStored(client, all, nowUs);
  const floorUs = nowUs - LOOK_BACK_US;
  const unproven = all.filter(({ tagId, timeUs, stores }) => timeUs >= floorUs && stores === undefined && !stored.has(tagId));
  const unfounded = await withoutPacked(client, unproven, floorUs);
  for (const series of unfounded) Object.assign(series, { timeUs: Number.NEGATIVE_INFINITY, value: Number.NaN, text: undefined });
  if (unfounded.length > 0) await loadStored(client, unfounded, nowUs);
}

/** What was stored since the reading that is known. Gives the series of which there is something. */
async function loadStored(client: ScopedClient, all: readonly Series[], nowUs: number): Promise<ReadonlySet<number>> {
  const series = byId(all);
  const found = new Set<number>();
  const floorUs = nowUs - LOOK_BACK_US;
  const since = all.map(({ timeUs }) => toTimestamp(Math.max(floorUs, timeUs)));
  const values = [all.map(({ tagId }) => tagId), since, toTimestamp(floorUs)];
  for (const sql of HISTORY_CLASSES.flatMap(lastOfClass)) {
    for (const [tagId, timeUs, value, text, status, ...rest] of await select(client, sql, values)) {
      found.add(tagId);
      take(series, [tagId, timeUs, value, text, fromInt2(status), ...rest]);
    }
  }
  return found;
}

/** Those whose reading is in no packed half hour; none of them is older than `floorUs`. */
async function withoutPacked(client: ScopedClient, all: readonly Series[], floorUs: number): Promise<readonly Series[]> {
  let left = all;
  for (const historyClass of HISTORY_CLASSES) {
    if (left.length === 0) break;
    const since = toTimestamp(floorUs - SEALED_SPAN_US);
    const values = [left.map(({ tagId }) => tagId), left.map(({ timeUs }) => toTimestamp(timeUs)), since];
    const { rows } = await client.query<[number]>({ text: PACKED(sealedTableOf(historyClass)), values, rowMode: 'array' });
    const packed = new Set(rows.map(([tagId]) => tagId));
    left = left.filter(({ tagId }) => !packed.has(tagId));
  }
  return left;
}

const byId = (all: readonly Series[]): ReadonlyMap<number, Series> => new Map(all.map((series) => [series.tagId, series]));

function take(all: ReadonlyMap<number, Series>, [tagId, timeUs, value, text, status, flags, receivedUs]: LatestRow): void {
  const series = all.get(tagId);
  if (series === undefined || timeUs < series.timeUs) return;
  Object.assign(series, { timeUs, value: value ?? Number.NaN, text: text ?? undefined, status, flags, receivedUs });
}

async function select(client: ScopedClient, text: string, values: unknown[]): Promise<LatestRow[]> {
  return (await client.query<LatestRow>({ text, values, rowMode: 'array' })).rows;
}
