import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Rig } from './rig.ts';

const EVERY_MS = 10;
const RECENT_MS = 10_000;

/** Resolves when a number is stored that is served from now on. */
export async function untilServedIsStored(rig: Rig): Promise<void> {
  const served = rig.device.servedMs.length;
  const since = new Date(Date.now() - RECENT_MS);
  const client = new pg.Client({ connectionString: rig.databaseUrl });
  client.on('error', () => {}); // the database may be what is killed next
  await client.connect();
  try {
    const text = `SELECT FROM reading r JOIN tag t USING (tag_id) WHERE t.device = 'counter' AND r.time > $1 AND r.value > $2 LIMIT 1`;
    while ((await client.query(text, [since, served])).rowCount === 0) await sleep(EVERY_MS);
  } finally {
    await client.end();
  }
}
