import type { StoredTag } from '../../ports.ts';
import { HISTORY_CLASSES, type RowTable, SEALED_SPAN_US, type SealedTable, sealedTableOf, tableOf } from '../history-tables.ts';
import { microsSql, toTimestamp } from '../micros.ts';

/** A span of time, microseconds since 1970; `toUs` is not included. */
export interface Span {
  readonly fromUs: number;
  readonly toUs: number;
}

/** SQL to be used as `FROM (…)`, and the values of its parameters. */
export interface ReadingsSource {
  readonly sql: string;
  readonly values: readonly unknown[];
}

/**
 * Every reading of a tag in a span once, whether it is packed or not and whatever its retention class, as columns `us`
 * (float8, microseconds since 1970), `value`, `status`, `flags`, `received_delta_ms`; in no order. Its parameters are
 * numbered from `first`: those of the query around it come before. One statement sees one state of the database, so a
 * reading that is just being packed is never missing and never there twice.
 */
export function readingsSource(tag: StoredTag, { fromUs, toUs }: Span, first = 1): ReadingsSource {
  const at = (index: number): string => `$${first + index}`;
  const times = [tag.tagId, toTimestamp(fromUs), toTimestamp(toUs)];
  const rows = HISTORY_CLASSES.map((historyClass) => rowsSql(tableOf(historyClass, tag.text), at));
  if (tag.text) return { sql: rows.join(' UNION ALL '), values: times };
  const sealed = HISTORY_CLASSES.map((historyClass) => sealedSql(sealedTableOf(historyClass), at));
  return { sql: [...rows, ...sealed].join(' UNION ALL '), values: [...times, toTimestamp(fromUs - SEALED_SPAN_US), fromUs, toUs] };
}

const rowsSql = (table: RowTable, at: (index: number) => string): string => `
SELECT ${microsSql('time')} AS us, value, status, flags, received_delta_ms FROM ${table}
WHERE tag_id = ${at(0)} AND time >= ${at(1)}::timestamptz AND time < ${at(2)}::timestamptz`;

/** Half hours that may hold readings of the span, unpacked; OFFSET 0 keeps times from being computed again for each comparison. */
const sealedSql = (table: SealedTable, at: (index: number) => string): string => `
SELECT us, value, status, flags, received_delta_ms FROM (
  SELECT ${UNPACKED} FROM (
    SELECT *, ${baseUs(table)} AS base_us FROM ${table} WHERE tag_id = ${at(0)} AND start > ${at(3)}::timestamptz AND start < ${at(2)}::timestamptz OFFSET 0
  ) AS s CROSS JOIN LATERAL ${LISTS} OFFSET 0
) AS unpacked WHERE us >= ${at(4)}::float8 AND us < ${at(5)}::float8`;

/** SQL: the column `base_us` of sealed rows, which `UNPACKED` needs. */
export const baseUs = (table: string): string => `${microsSql(`${table}.start`)} + ${table}.first_us`;

/** SQL: the readings of a sealed row `s`, one a row; a list that is null is the same for all. */
export const LISTS = `ROWS FROM (
    generate_series(0, s.n - 1), unnest(s.jitter_us), unnest(s.numbers), unnest(s.received_deltas), unnest(s.statuses), unnest(s.flag_sets)
  ) AS u (i, jitter_us, number, received, status, flags)`;

/** SQL: columns of `readingsSource` from `s` and its `LISTS`. */
export const UNPACKED = `s.base_us + u.i::float8 * s.step_us + coalesce(u.jitter_us, 0) AS us,
  CASE WHEN s.numbers IS NULL THEN s.value ELSE u.number END AS value, coalesce(u.status, s.status) AS status,
  coalesce(u.flags, s.flags) AS flags, coalesce(u.received, s.received_delta_ms) AS received_delta_ms`;
