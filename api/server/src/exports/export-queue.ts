import type { ScopedClient } from '../ports.ts';
import { toTimestamp } from '../store/micros.ts';
import { type ExportRow, RETURNING, selectExports } from './export-rows.ts';

/** Delete what has expired. Resolves with how many exports that were. */
export async function deleteExpired(client: ScopedClient, nowUs: number): Promise<number> {
  const { rowCount } = await client.query('DELETE FROM export WHERE expires_at <= $1::timestamptz', [toTimestamp(nowUs)]);
  return rowCount ?? 0;
}

const REQUEUE = `UPDATE export SET state = CASE WHEN attempt < $1 THEN 'Queued' ELSE 'Failed' END,
  failure = CASE WHEN attempt < $1 THEN NULL ELSE 'It was begun ' || attempt || ' times, and each time the process that writes it ended. Ask for a shorter span.' END,
  ended_at = CASE WHEN attempt < $1 THEN NULL ELSE $2::timestamptz END, stored_bytes = 0 WHERE state = 'Running' RETURNING export_id`;

/** Exports whose process ended while it wrote them are begun again, or given up. Only while nobody writes any. */
export async function requeueLost(
  client: ScopedClient,
  { attempts, nowUs }: { readonly attempts: number; readonly nowUs: number },
): Promise<void> {
  const { rows } = await client.query<{ export_id: string }>(REQUEUE, [attempts, toTimestamp(nowUs)]);
  const ids = rows.map(({ export_id }) => export_id);
  await client.query('DELETE FROM export_piece WHERE export_id = ANY($1)', [ids]);
}

/** The oldest of the user of whom the fewest are being written; two processes never get the same one. */
const CLAIM = `
UPDATE export SET state = 'Running', attempt = attempt + 1, started_at = $1, progress = 0, readings = 0, size_bytes = 0, stored_bytes = 0
WHERE export_id = (
  SELECT export_id FROM export e WHERE state = 'Queued'
  ORDER BY (SELECT count(*) FROM export r WHERE r.user_id = e.user_id AND r.state = 'Running'), created_at LIMIT 1 FOR UPDATE SKIP LOCKED
) ${RETURNING}`;

/** Take the next export; undefined when none waits. */
export async function claimNext(client: ScopedClient, nowUs: number): Promise<ExportRow | undefined> {
  const [row] = await selectExports(client, CLAIM, [toTimestamp(nowUs)]);
  return row;
}

/** How an export ended for the process that wrote it. */
export type ExportEnd =
  | { readonly kind: 'done' }
  | { readonly kind: 'failed'; readonly failure: string }
  /** The process is being stopped: begun again, as if it had not been. */
  | { readonly kind: 'stopped' }
  /** Somebody has cancelled or deleted it. */
  | { readonly kind: 'ended' };

const ENDS = {
  done: `SET state = 'Done', progress = 1, ended_at = $3`,
  failed: `SET state = 'Failed', ended_at = $3, failure = $4, stored_bytes = 0`,
  stopped: `SET state = 'Queued', attempt = attempt - 1, started_at = NULL, progress = 0, readings = 0, size_bytes = 0, stored_bytes = 0`,
};

/** Say how it ended, unless it was cancelled meanwhile; only what is done keeps its file. */
export async function endExport(client: ScopedClient, { id, attempt }: ExportRow, end: ExportEnd, nowUs: number): Promise<void> {
  if (end.kind === 'ended') return;
  const where = `WHERE export_id = $1 AND attempt = $2 AND state = 'Running'`;
  const values = end.kind === 'stopped' ? [] : end.kind === 'done' ? [toTimestamp(nowUs)] : [toTimestamp(nowUs), end.failure];
  const { rowCount } = await client.query(`UPDATE export ${ENDS[end.kind]} ${where}`, [id, attempt, ...values]);
  if (end.kind !== 'done' && rowCount !== 0) await client.query('DELETE FROM export_piece WHERE export_id = $1', [id]);
}
