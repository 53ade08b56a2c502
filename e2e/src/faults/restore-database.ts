import pg from 'pg';
import { LOGIN, type Rig } from './rig.ts';

/** Copy the database as it is now. */
export const backUp = (rig: Rig): Promise<void> =>
  withoutConnections(rig, async (client) => {
    await client.query(`CREATE DATABASE faults_backup OWNER ${LOGIN} TEMPLATE faults`);
  });

/** Put the copy in its place. */
export const restore = (rig: Rig): Promise<void> =>
  withoutConnections(rig, async (client) => {
    await client.query('DROP DATABASE faults WITH (FORCE)');
    await client.query('ALTER DATABASE faults_backup RENAME TO faults');
  });

async function withoutConnections({ proxies, databaseUrl }: Rig, run: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: Object.assign(new URL(databaseUrl), { pathname: '/postgres' }).href });
  await client.connect();
  try {
    proxies.database.toxic = { kind: 'down' };
    await client.query(`SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = 'faults'`);
    await run(client);
    proxies.database.toxic = { kind: 'none' };
  } finally {
    await client.end();
  }
}

/** Spans in which history may be missing after a restore, as the journal says, microseconds since 1970. */
export async function readRestored(databaseUrl: string): Promise<readonly { readonly fromUs: number; readonly untilUs: number }[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ details: { fromUs: number | null; untilUs: number } }>(
      `SELECT details FROM event WHERE kind = 'HistoryRestored'`,
    );
    return rows.map(({ details }) => ({ fromUs: details.fromUs ?? 0, untilUs: details.untilUs }));
  } finally {
    await client.end();
  }
}
