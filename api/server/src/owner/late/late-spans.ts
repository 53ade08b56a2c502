import type { ScopedClient } from '../../ports.ts';
import { microsSql, toTimestamp } from '../../store/micros.ts';

/** Readings of a shard that came late, of tags with alarms: the times of the first and the last. */
export interface LateSpan {
  readonly shard: string;
  readonly fromUs: number;
  readonly untilUs: number;
}

/** As it is stored. */
export interface StoredLateSpan extends LateSpan {
  /** Rises with everything that is added to it. */
  readonly widened: number;
}

/** A span that was evaluated, as it was then. */
export type EvaluatedSpan = Pick<StoredLateSpan, 'shard' | 'widened'>;

interface Place {
  readonly tenant: string;
  readonly site: string;
}

const WRITE = `
INSERT INTO late_span AS s (tenant, site, shard, from_time, until_time)
SELECT $1, $2, n.* FROM unnest($3::text[], $4::timestamptz[], $5::timestamptz[]) AS n
ON CONFLICT (tenant, site, shard) DO UPDATE SET from_time = least(s.from_time, excluded.from_time),
  until_time = greatest(s.until_time, excluded.until_time), widened = s.widened + 1`;

export async function writeLateSpans(client: ScopedClient, { tenant, site }: Place, spans: readonly LateSpan[]): Promise<void> {
  if (spans.length === 0) return;
  const columns = [
    spans.map(({ shard }) => shard),
    spans.map(({ fromUs }) => toTimestamp(fromUs)),
    spans.map(({ untilUs }) => toTimestamp(untilUs)),
  ];
  await client.query({ name: 'write-late-spans', text: WRITE, values: [tenant, site, ...columns] });
}

/** Those that have not grown since. */
export async function removeLateSpans(client: ScopedClient, { tenant, site }: Place, spans: readonly EvaluatedSpan[]): Promise<void> {
  if (spans.length === 0) return;
  await client.query(
    `DELETE FROM late_span s USING unnest($3::text[], $4::int8[]) AS n (shard, widened)
    WHERE s.tenant = $1 AND s.site = $2 AND s.shard = n.shard AND s.widened = n.widened`,
    [tenant, site, spans.map(({ shard }) => shard), spans.map(({ widened }) => widened)],
  );
}

/** What is not evaluated of a site. */
export async function readLateSpans(client: ScopedClient, { tenant, site }: Place): Promise<StoredLateSpan[]> {
  const text = `SELECT shard, ${microsSql('from_time')} AS "fromUs", ${microsSql('until_time')} AS "untilUs", widened::float8 AS widened
    FROM late_span WHERE tenant = $1 AND site = $2`;
  return (await client.query<StoredLateSpan>(text, [tenant, site])).rows;
}

/** One span a shard. */
export function joinLateSpans(spans: readonly LateSpan[]): LateSpan[] {
  const joined = new Map<string, LateSpan>();
  for (const span of spans) {
    const { fromUs, untilUs } = joined.get(span.shard) ?? span;
    joined.set(span.shard, { ...span, fromUs: Math.min(fromUs, span.fromUs), untilUs: Math.max(untilUs, span.untilUs) });
  }
  return [...joined.values()];
}
