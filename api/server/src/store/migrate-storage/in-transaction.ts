import type pg from 'pg';

/** What a move needs of its connection, which is of the login that owns the tables. */
export type Client = Pick<pg.ClientBase, 'query'>;

/** All of it or nothing. */
export async function inTransaction<T>(client: Client, run: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  try {
    const result = await run();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {}); // the connection may be gone, and the transaction with it
    throw error;
  }
}
