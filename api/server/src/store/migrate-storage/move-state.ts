import { SCHEMA_LOCK } from '../migrate.ts';
import type { Layout } from '../migrations/migration.ts';
import { RUNTIME_ROLE } from '../migrations/row-security.ts';
import { storageMoveMigration } from '../migrations/0009-storage-move.ts';
import { type Client, inTransaction } from './in-transaction.ts';
import { MOVED_TABLES, UNMOVED } from './moved-tables.ts';

/** A move that is under way, as `schema_info.storage_move` has it. */
export interface Move {
  readonly to: Layout;
  /** `min_code_version` as it was before: the release before this one has to refuse meanwhile. */
  readonly minCodeVersion: number;
  /** Rows that each table must have, of what has been moved so far. */
  readonly rows: Readonly<Record<string, number>>;
}

/** How the history is kept, and the move that is under way. */
export interface MoveState {
  readonly layout: Layout;
  readonly minCodeVersion: number;
  readonly move: Move | undefined;
}

/** Undefined where there is no history of Kubeplant. */
export async function readMoveState(client: Client): Promise<MoveState | undefined> {
  const present = await client.query(`SELECT 1 FROM pg_class WHERE oid = to_regclass('schema_info')`);
  if (present.rowCount === 0) return undefined;
  // Of a column that an older release did not make.
  const found = await client.query<{ layout: Layout; minCodeVersion: number; move: Move | null }>(
    `SELECT layout, min_code_version AS "minCodeVersion", to_jsonb(schema_info) -> 'storage_move' AS move FROM schema_info`,
  );
  const [row] = found.rows;
  return row === undefined ? undefined : { ...row, move: row.move ?? undefined };
}

const TABLES = MOVED_TABLES.map(({ name }) => name).join(', ');

/**
 * From now on no process of Kubeplant starts. One that is running already, unseen, cannot write: the run-time role
 * loses its rights until the end.
 */
export async function beginMove(client: Client, to: Layout): Promise<void> {
  await inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    await client.query(
      `UPDATE schema_info SET min_code_version = greatest(min_code_version, $2),
        storage_move = coalesce(storage_move, jsonb_build_object('minCodeVersion', min_code_version, 'rows', jsonb_build_object())) || jsonb_build_object('to', $1::text)`,
      [to, storageMoveMigration.version],
    );
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${UNMOVED}`);
    await client.query(`REVOKE ALL ON ${TABLES} FROM ${RUNTIME_ROLE}`);
  });
}

/** How many rows a table must have. */
export async function setRows(client: Client, table: string, rows: number): Promise<void> {
  await client.query(`UPDATE schema_info SET storage_move = jsonb_set(storage_move, ARRAY['rows', $1], to_jsonb($2::int8))`, [table, rows]);
}

/** That many rows more. */
export async function addRows(client: Client, table: string, rows: number): Promise<void> {
  await client.query(
    `UPDATE schema_info SET storage_move = jsonb_set(storage_move, ARRAY['rows', $1], to_jsonb((storage_move -> 'rows' ->> $1)::int8 + $2))`,
    [table, rows],
  );
}

/** All is moved: processes may start again. */
export async function endMove(client: Client): Promise<void> {
  await inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [SCHEMA_LOCK]);
    await client.query(`DROP SCHEMA ${UNMOVED}`);
    await client.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${TABLES} TO ${RUNTIME_ROLE}`);
    await client.query(
      `UPDATE schema_info SET layout = storage_move ->> 'to', min_code_version = (storage_move ->> 'minCodeVersion')::int4, storage_move = NULL`,
    );
  });
}
