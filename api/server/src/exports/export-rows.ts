import type { ExportFormat, ExportState } from '@kubeplant/api-client';
import type { Origin } from '@kubeplant/words';
import type { Scope, ScopedClient } from '../ports.ts';
import { microsSql, toTimestamp } from '../store/micros.ts';
import type { Span } from '../store/rollups/summary.ts';

/** A tag to be exported. */
export interface ExportTag {
  readonly tenant: string;
  readonly device: string;
  readonly name: string;
  /** `namespace/device/tag`. */
  readonly path: string;
}

/** What somebody asked for. */
export interface ExportOrder {
  readonly userId: string;
  /** Where the user might read when the export was asked for. */
  readonly scope: Scope;
  readonly tags: readonly ExportTag[];
  readonly format: ExportFormat;
  /** Absent: of each tag the one in force. */
  readonly origin?: Origin;
  readonly range: Span;
}

/** An export as it stands. */
export interface ExportRow extends ExportOrder {
  readonly id: string;
  readonly state: ExportState;
  /** How often it was begun. */
  readonly attempt: number;
  readonly createdUs: number;
  readonly startedUs: number | null;
  readonly endedUs: number | null;
  readonly expiresUs: number;
  readonly progress: number;
  readonly readings: number;
  readonly sizeBytes: number;
  readonly failure: string | null;
}

const COLUMNS = `export_id AS id, user_id AS "userId", grants, tags, format, origin, state, attempt, failure, progress,
readings::float8, size_bytes::float8 AS "sizeBytes", ${microsSql('from_time')} AS "fromUs", ${microsSql('to_time')} AS "toUs",
${microsSql('created_at')} AS "createdUs", ${microsSql('started_at')} AS "startedUs", ${microsSql('ended_at')} AS "endedUs",
${microsSql('expires_at')} AS "expiresUs"`;

/** SQL: columns that `toExportRow` takes. */
export const RETURNING = `RETURNING ${COLUMNS}`;

type Selected = Omit<ExportRow, 'scope' | 'range' | 'origin'> & Span & { readonly grants: Scope['grants']; readonly origin: Origin | null };

export const toExportRow = ({ grants, origin, fromUs, toUs, ...row }: Selected): ExportRow => ({
  ...row,
  scope: { grants },
  range: { fromUs, toUs },
  ...(origin === null ? {} : { origin }),
});

/** Rows of a query that returns `RETURNING`, or the rows themselves. */
export async function selectExports(client: ScopedClient, text: string, values: readonly unknown[]): Promise<ExportRow[]> {
  const { rows } = await client.query<Selected>(text, [...values]);
  return rows.map(toExportRow);
}

const OF_USER = `SELECT ${COLUMNS} FROM export WHERE user_id = $1 AND expires_at > $2::timestamptz`;

/** Exports of a user, newest first. */
export const listOwn = (client: ScopedClient, userId: string, nowUs: number): Promise<ExportRow[]> =>
  selectExports(client, `${OF_USER} ORDER BY created_at DESC, export_id`, [userId, toTimestamp(nowUs)]);

/** An export of a user; undefined where there is none, or it is another’s. */
export async function findOwn(client: ScopedClient, userId: string, id: string, nowUs: number): Promise<ExportRow | undefined> {
  const [row] = await selectExports(client, `${OF_USER} AND export_id = $3`, [userId, toTimestamp(nowUs), id]);
  return row;
}

const INSERT = `
INSERT INTO export (export_id, user_id, grants, tags, format, origin, from_time, to_time, state, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'Queued', $9, $10) ${RETURNING}`;

export async function insertExport(
  client: ScopedClient,
  order: ExportOrder,
  { id, nowUs, keepMs }: { readonly id: string; readonly nowUs: number; readonly keepMs: number },
): Promise<ExportRow> {
  const { userId, scope, tags, format, origin, range } = order;
  const [row] = await selectExports(client, INSERT, [
    ...[id, userId, JSON.stringify(scope.grants), JSON.stringify(tags), format, origin ?? null],
    ...[toTimestamp(range.fromUs), toTimestamp(range.toUs), toTimestamp(nowUs), toTimestamp(nowUs + keepMs * 1000)],
  ]);
  if (row === undefined) throw new Error('an insert returned no row');
  return row;
}

const USED = `
SELECT count(*) FILTER (WHERE user_id = $1)::int4 AS kept, count(*) FILTER (WHERE user_id = $1 AND state IN ('Queued', 'Running'))::int4 AS unfinished,
  coalesce(sum(stored_bytes) FILTER (WHERE user_id = $1), 0)::float8 AS "ownBytes", coalesce(sum(stored_bytes), 0)::float8 AS bytes FROM export`;

/** What exports take now. */
export interface ExportUse {
  readonly kept: number;
  readonly unfinished: number;
  readonly ownBytes: number;
  readonly bytes: number;
}

export async function readUse(client: ScopedClient, userId: string): Promise<ExportUse> {
  const { rows } = await client.query<ExportUse>(USED, [userId]);
  return rows[0] ?? { kept: 0, unfinished: 0, ownBytes: 0, bytes: 0 };
}

const CANCEL = `UPDATE export SET state = 'Cancelled', ended_at = $3, stored_bytes = 0
WHERE export_id = $1 AND user_id = $2 AND state IN ('Queued', 'Running') RETURNING 1`;

/** End an export that is not written yet; what is written of it goes. False: it has ended already. */
export async function cancelExport(client: ScopedClient, userId: string, id: string, nowUs: number): Promise<boolean> {
  const { rowCount } = await client.query(CANCEL, [id, userId, toTimestamp(nowUs)]);
  if (rowCount !== 0) await client.query('DELETE FROM export_piece WHERE export_id = $1', [id]);
  return rowCount !== 0;
}

/** Delete an export and its file; one that is being written ends. */
export async function deleteExport(client: ScopedClient, userId: string, id: string): Promise<void> {
  await client.query('DELETE FROM export WHERE export_id = $1 AND user_id = $2', [id, userId]);
}
