import type { Origin } from '@kubeplant/words';
import type { ScopedClient, StoredTag, TagId } from '../../ports.ts';

const FIND = `
SELECT tag_id AS "tagId", tenant, site, device, name, origin, text FROM tag
WHERE tenant = $1 AND device = $2 AND name = $3 AND ($4::text IS NULL OR origin = $4)
ORDER BY in_force DESC, origin LIMIT 1`;

/** Resolve a tag under row-level security. */
export async function findTag(
  client: ScopedClient,
  key: { readonly tenant: string; readonly device: string; readonly name: string; readonly origin?: Origin },
): Promise<StoredTag | undefined> {
  const found = await client.query<StoredTag & { tagId: TagId }>({
    name: 'find-tag',
    text: FIND,
    values: [key.tenant, key.device, key.name, key.origin ?? null],
  });
  return found.rows[0];
}
