import pg from 'pg';

/** A loss that a collector has told of. */
export interface ToldLoss {
  readonly fromUs: number;
  readonly untilUs: number;
  readonly readings: number;
  readonly reason: string;
}

/** Losses in the journal. */
export async function readLosses(databaseUrl: string): Promise<readonly ToldLoss[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    const { rows } = await client.query<{ details: ToldLoss }>(`SELECT details FROM event WHERE kind = 'ReadingsLost'`);
    return rows.map(({ details }) => details);
  } finally {
    await client.end();
  }
}

/** Whether a loss was told of a span in which this time lies. */
export const isTold = (losses: readonly ToldLoss[], timeUs: number): boolean =>
  losses.some(({ fromUs, untilUs }) => fromUs <= timeUs && timeUs <= untilUs);
