import type { ScopedClient } from '../ports.ts';
import { microsSql, toTimestamp } from '../store/micros.ts';

/** A span during which a device's tags were confirmed as last sent. */
export interface ObservedSpan {
  readonly deviceId: number;
  readonly simulated: boolean;
  readonly startedUs: number;
  readonly endedUs: number;
}

/** Joins spans that touch into growing rows. */
export interface ObservedSpans {
  add(span: ObservedSpan): void;
  /** The newest span of a device so far. */
  newest(device: Pick<ObservedSpan, 'deviceId' | 'simulated'>): ObservedSpan | undefined;
  /** Rows to write for what was added since the last call. */
  take(): ObservedSpan[];
  /** By how much each device has been confirmed further since the last call. */
  takeGrown(): ObservedSpan[];
}

const keyOf = (span: Pick<ObservedSpan, 'deviceId' | 'simulated'>): string => `${span.deviceId}/${span.simulated}`;

/** `last`: the newest stored span of each device. */
export function createObservedSpans(last: readonly ObservedSpan[]): ObservedSpans {
  const open = new Map(last.map((span) => [keyOf(span), span]));
  /** By device the span before the newest: a backlog goes on with it while the newest grows too. */
  const older = new Map<string, ObservedSpan>();
  let changed = new Map<string, ObservedSpan>();
  let grown = new Map<string, ObservedSpan>();
  return {
    add: (span) => {
      const key = keyOf(span);
      const newest = open.get(key);
      const before = [newest, older.get(key)].find((one) => one !== undefined && goesOn(one, span));
      const next = before === undefined ? span : { ...before, endedUs: Math.max(before.endedUs, span.endedUs) };
      if (newest === undefined || newest === before) open.set(key, next);
      else if (next.endedUs < newest.endedUs) older.set(key, next);
      else {
        open.set(key, next);
        older.set(key, newest);
      }
      changed.set(`${key}/${next.startedUs}`, next);
      const fromUs = before?.endedUs ?? span.startedUs;
      if (next.endedUs > fromUs) grown.set(key, hull(grown.get(key), { ...span, startedUs: fromUs, endedUs: next.endedUs }));
    },
    newest: (device) => open.get(keyOf(device)),
    take: () => {
      const rows = [...changed.values()];
      changed = new Map();
      return rows;
    },
    takeGrown: () => {
      const rows = [...grown.values()];
      grown = new Map();
      return rows;
    },
  };
}

const goesOn = (before: ObservedSpan, span: ObservedSpan): boolean =>
  span.startedUs >= before.startedUs && span.startedUs <= before.endedUs;

const hull = (a: ObservedSpan | undefined, b: ObservedSpan): ObservedSpan =>
  a === undefined ? b : { ...b, startedUs: Math.min(a.startedUs, b.startedUs), endedUs: Math.max(a.endedUs, b.endedUs) };

const WRITE = `
INSERT INTO observed AS o (device_id, simulated, started, ended)
SELECT * FROM unnest($1::int4[], $2::boolean[], $3::timestamptz[], $4::timestamptz[])
ON CONFLICT (device_id, simulated, started) DO UPDATE SET ended = greatest(o.ended, excluded.ended)`;

export async function writeObserved(client: ScopedClient, spans: readonly ObservedSpan[]): Promise<void> {
  if (spans.length === 0) return;
  const values = [
    spans.map((one) => one.deviceId),
    spans.map((one) => one.simulated),
    spans.map((one) => toTimestamp(one.startedUs)),
    spans.map((one) => toTimestamp(one.endedUs)),
  ];
  await client.query({ name: 'write-observed', text: WRITE, values });
}

const LAST = `
SELECT d.device_id, o.simulated, ${microsSql('o.started')}, ${microsSql('o.ended')}
FROM device d CROSS JOIN (VALUES (true), (false)) AS s (simulated)
CROSS JOIN LATERAL (SELECT * FROM observed x WHERE x.device_id = d.device_id AND x.simulated = s.simulated ORDER BY started DESC LIMIT 1) o
WHERE d.tenant = $1 AND d.site = $2`;

export async function readLastObserved(
  client: ScopedClient,
  place: { readonly tenant: string; readonly site: string },
): Promise<ObservedSpan[]> {
  const found = await client.query<[number, boolean, number, number]>({ text: LAST, values: [place.tenant, place.site], rowMode: 'array' });
  return found.rows.map(([deviceId, simulated, startedUs, endedUs]) => ({ deviceId, simulated, startedUs, endedUs }));
}
