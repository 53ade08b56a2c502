import type { HistoryClass } from '@kubeplant/crds/model';
import type { ScopedClient } from '../ports.ts';
import { HISTORY_CLASSES, tableOf } from '../store/history-tables.ts';
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

/** Newest reading of each series: the checkpoint, or what was stored after it. */
export async function loadLatest(client: ScopedClient, all: readonly Series[], nowUs: number): Promise<void> {
  const byId = new Map<number, Series>(all.map((series) => [series.tagId, series]));
  const take = ([tagId, timeUs, value, text, status, flags, receivedUs]: LatestRow): void => {
    const series = byId.get(tagId);
    if (series === undefined || timeUs < series.timeUs) return;
    Object.assign(series, { timeUs, value: value ?? Number.NaN, text: text ?? undefined, status, flags, receivedUs });
  };
  const ids = all.map((series) => series.tagId);
  for (const row of await select(client, CHECKPOINT, [ids])) take(row);
  const floorUs = nowUs - LOOK_BACK_US;
  const since = all.map((series) => toTimestamp(Math.max(floorUs, series.timeUs)));
  const values = [ids, since, toTimestamp(floorUs)];
  for (const sql of HISTORY_CLASSES.flatMap(lastOfClass)) {
    for (const [tagId, timeUs, value, text, status, ...rest] of await select(client, sql, values))
      take([tagId, timeUs, value, text, fromInt2(status), ...rest]);
  }
}

async function select(client: ScopedClient, text: string, values: unknown[]): Promise<LatestRow[]> {
  return (await client.query<LatestRow>({ text, values, rowMode: 'array' })).rows;
}
