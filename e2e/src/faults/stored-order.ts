import pg from 'pg';

/** Numbers of the first tag of the first device in the order of their commits. */
export async function readStoredOrder(databaseUrl: string): Promise<number[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on('error', () => {});
  await client.connect();
  try {
    // One owner commits one thing after the other; how rows of one commit lie does not matter.
    const { rows } = await client.query<{ value: number }>(
      `SELECT r.value FROM reading r JOIN tag t USING (tag_id) WHERE t.device = 'counter' AND t.name = 'count-0' AND r.value IS NOT NULL
       ORDER BY r.xmin::text::int8, r.value`,
    );
    return rows.map(({ value }) => value);
  } finally {
    await client.end();
  }
}

/** How often a number follows a larger one. */
export const countBackwards = (numbers: readonly number[]): number =>
  numbers.filter((number, index) => number < (numbers[index - 1] ?? 0)).length;
