import { Flag } from '@kubeplant/words';
import type { ScopedClient, TagId } from '../../ports.ts';
import { HISTORY_CLASSES, type RowTable, SEALED_SPAN_US, type SealedTable, sealedTableOf, tableOf } from '../history-tables.ts';
import { toTimestamp } from '../micros.ts';

const rows = (table: RowTable): string =>
  `EXISTS (SELECT FROM ${table} r WHERE r.tag_id = n.tag_id AND r.time >= $2::timestamptz AND r.time <= $3::timestamptz AND r.flags & ${Flag.Late} <> 0)`;
const sealed = (table: SealedTable): string =>
  `EXISTS (SELECT FROM ${table} s WHERE s.tag_id = n.tag_id AND s.start > $4::timestamptz AND s.start <= $3::timestamptz
    AND (s.flags & ${Flag.Late} <> 0 OR EXISTS (SELECT FROM unnest(s.flag_sets) AS f WHERE f & ${Flag.Late} <> 0)))`;

const FIND = `SELECT n.tag_id FROM unnest($1::int4[]) AS n (tag_id) WHERE ${HISTORY_CLASSES.flatMap((one) => [
  rows(tableOf(one, false)),
  rows(tableOf(one, true)),
  sealed(sealedTableOf(one)),
]).join(' OR ')}`;

/** Of these tags the ones with late readings in a span, ends included; perhaps one or another of which they lie nearby. */
export async function findLateTags(
  client: ScopedClient,
  tagIds: readonly TagId[],
  { fromUs, untilUs }: { readonly fromUs: number; readonly untilUs: number },
): Promise<TagId[]> {
  const values = [tagIds, toTimestamp(fromUs), toTimestamp(untilUs), toTimestamp(fromUs - SEALED_SPAN_US)];
  return (await client.query<[TagId]>({ text: FIND, values, rowMode: 'array' })).rows.map(([tagId]) => tagId);
}
