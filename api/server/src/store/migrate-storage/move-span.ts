import { DatabaseError } from '../database-error.ts';
import type { SpanTable } from '../list-spans.ts';
import type { Layout } from '../migrations/migration.ts';
import { makeSpan } from '../partitions.ts';
import { type Client, inTransaction } from './in-transaction.ts';
import { countIn, layoutOf, type SizedSpan, unmovedName } from './moved-tables.ts';
import { addRows } from './move-state.ts';

const DAY_US = 86_400_000_000;

/** Copy a span into the table and drop it, both or neither. Returns its rows. */
export async function moveSpan(client: Client, table: SpanTable, span: SizedSpan, to: Layout): Promise<number> {
  return inTransaction(client, async () => {
    await client.query(`LOCK TABLE ${span.name} IN ACCESS EXCLUSIVE MODE`);
    if (to === 'partitions') await makePartitions(client, table, span);
    const columns = await readColumns(client, table.name);
    const rows = await countIn(client, span.name);
    const copied = await client.query(`INSERT INTO ${table.name} (${columns}) SELECT ${columns} FROM ${span.name}`);
    if (copied.rowCount !== rows)
      throw new DatabaseError('copied', `${span.name} has ${rows} rows and ${copied.rowCount} were copied: it was left as it was`);
    await client.query(`DROP TABLE ${span.name}`);
    await addRows(client, table.name, rows);
    return rows;
  });
}

/** A chunk may be longer than a partition, where somebody has set its interval. */
async function makePartitions(client: Client, table: SpanTable, { fromUs, toUs }: SizedSpan): Promise<void> {
  const first = Math.floor(fromUs / DAY_US / table.days) * table.days;
  for (let day = first; day * DAY_US < toUs; day += table.days) await makeSpan(client, table, day);
}

async function readColumns(client: Client, table: string): Promise<string> {
  const found = await client.query<{ columns: string }>(
    `SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) AS columns FROM pg_attribute
    WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
    [table],
  );
  return found.rows[0]?.columns ?? '';
}

/** Drop what all spans of a table were moved from. */
export async function dropUnmoved(client: Client, table: string): Promise<void> {
  const unmoved = unmovedName(table);
  if ((await layoutOf(client, unmoved)) === undefined) return;
  await inTransaction(client, async () => {
    await client.query(`LOCK TABLE ${unmoved} IN ACCESS EXCLUSIVE MODE`);
    const left = await client.query(`SELECT 1 FROM ${unmoved} LIMIT 1`);
    if (left.rowCount !== 0)
      throw new DatabaseError('copied', `${unmoved} still has rows, in a part that is no span of time: move them to ${table} by hand`);
    await client.query(`DROP TABLE ${unmoved}`);
  });
}
