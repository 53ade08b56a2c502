import type pg from 'pg';
import { toTimestamp } from '../store/micros.ts';
import type { CommittedValue } from './prepared.ts';

const WRITE = `
INSERT INTO tag_latest AS l (tag_id, time, value, text, status, flags, received)
SELECT * FROM unnest($1::int4[], $2::timestamptz[], $3::float8[], $4::text[], $5::int4[], $6::int4[], $7::timestamptz[])
ON CONFLICT (tag_id) DO UPDATE SET time = excluded.time, value = excluded.value, text = excluded.text, status = excluded.status, flags = excluded.flags, received = excluded.received
WHERE l.time <= excluded.time`;

const PER_STATEMENT = 5_000;

/** Write the newest committed readings to `tag_latest`: outside the ingest transaction, which it would slow to half. */
export async function writeCheckpoint(pool: Pick<pg.Pool, 'query'>, values: readonly CommittedValue[]): Promise<void> {
  const ordered = values.toSorted((a, b) => a.series.tagId - b.series.tagId);
  for (let start = 0; start < ordered.length; start += PER_STATEMENT) {
    const rows = ordered.slice(start, start + PER_STATEMENT);
    await pool.query({
      name: 'write-checkpoint',
      text: WRITE,
      values: [
        rows.map((one) => one.series.tagId),
        rows.map((one) => toTimestamp(one.timeUs)),
        rows.map((one) => (Number.isFinite(one.value) ? one.value : null)),
        rows.map((one) => one.text ?? null),
        rows.map((one) => one.status),
        rows.map((one) => one.flags),
        rows.map((one) => toTimestamp(one.receivedUs)),
      ],
    });
  }
}
