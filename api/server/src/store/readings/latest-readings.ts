import type { ScopedClient, StoredReading, TagId } from '../../ports.ts';
import { microsSql } from '../micros.ts';

const LATEST = `
SELECT l.tag_id, ${microsSql('l.time')}, l.value, l.text, l.status, l.flags, ${microsSql('l.received')}
FROM tag_latest l JOIN tag t ON t.tag_id = l.tag_id AND t.tag_id = ANY($1) WHERE l.tag_id = ANY($1)`;

type LatestRow = [TagId, number, number | null, string | null, number, number, number];

/** Last checkpointed reading of each tag that the scope may see. */
export async function latestReadings(client: ScopedClient, tagIds: readonly TagId[]): Promise<ReadonlyMap<TagId, StoredReading>> {
  const found = await client.query<LatestRow>({ name: 'latest-readings', text: LATEST, values: [tagIds], rowMode: 'array' });
  return new Map(
    found.rows.map(([tagId, timeUs, value, text, status, flags, receivedUs]) => [
      tagId,
      { timeUs, value: text ?? value, status, flags, receivedUs },
    ]),
  );
}
