import type { ScopedClient, StoredTag, TagId } from '../../ports.ts';
import { microsSql, toTimestamp } from '../micros.ts';

/** A site and a time that is to be reckoned anew. */
export interface Marked {
  readonly tenant: string;
  readonly site: string;
  readonly timeUs: number;
}

const OLDEST = `
SELECT DISTINCT tenant, site, ${microsSql('time')} AS "timeUs" FROM rollup_mark
WHERE level = $1 AND time < $2::timestamptz ORDER BY 3, 1, 2 LIMIT $3`;

/** Marked times up to an instant, oldest first. */
export async function listMarked(client: ScopedClient, level: 'hour' | 'day', beforeUs: number, limit: number): Promise<Marked[]> {
  return (await client.query<Marked>(OLDEST, [level, toTimestamp(beforeUs), limit])).rows;
}

const TAKE = `
SELECT ctid::text, tags FROM rollup_mark
WHERE tenant = $1 AND site = $2 AND level = $3 AND time = $4::timestamptz FOR UPDATE SKIP LOCKED`;

/** What marks that are being worked on ask for: these tags, or all of the site. */
export interface TakenMarks {
  readonly tags: readonly StoredTag[];
  /** Take the marks away, in the same transaction. */
  done(): Promise<void>;
}

const TAGS = `
SELECT tag_id AS "tagId", tenant, site, device, name, origin, text FROM tag
WHERE tenant = $1 AND site = $2 AND ($3::int4[] IS NULL OR tag_id = ANY($3)) ORDER BY tag_id`;

/**
 * Lock the marks of one time until the transaction ends. What is committed after this is marked anew; what was committed
 * before is seen by every later statement.
 */
export async function takeMarks(client: ScopedClient, level: 'hour' | 'day', marked: Marked): Promise<TakenMarks> {
  const place = [marked.tenant, marked.site];
  const { rows } = await client.query<{ ctid: string; tags: TagId[] | null }>(TAKE, [...place, level, toTimestamp(marked.timeUs)]);
  if (rows.length === 0) return { tags: [], done: async () => {} };
  const wanted = rows.some(({ tags }) => tags === null) ? null : [...new Set(rows.flatMap(({ tags }) => tags ?? []))];
  const { rows: tags } = await client.query<StoredTag>(TAGS, [...place, wanted]);
  return {
    tags,
    done: async () => {
      await client.query('DELETE FROM rollup_mark WHERE ctid = ANY($1::tid[])', [rows.map(({ ctid }) => ctid)]);
    },
  };
}
