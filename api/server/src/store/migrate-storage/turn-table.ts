import type { SpanTable } from '../list-spans.ts';
import type { Layout } from '../migrations/migration.ts';
import { takeDependents } from './dependents.ts';
import { readGrants, restoreGrants } from './grants.ts';
import { type Client, inTransaction } from './in-transaction.ts';
import { countRows, layoutOf, UNMOVED, unmovedName } from './moved-tables.ts';
import { setRows } from './move-state.ts';

/**
 * Put a table of the other layout in the place of a table, which lies in the schema of what is unmoved from then on.
 * That is an empty one or, when a move is turned back, the one that is being emptied: the two change places.
 */
export async function turnTable(client: Client, table: SpanTable, to: Layout): Promise<void> {
  const { name } = table;
  if ((await layoutOf(client, name)) === to) return;
  const turnedBack = (await layoutOf(client, unmovedName(name))) === to;
  // Before the transaction, which would hold a lock on every span.
  const rows = turnedBack ? await countRows(client, { ...table, name: unmovedName(name) }, to) : 0;
  await inTransaction(client, async () => {
    const restoreDependents = await takeDependents(client, name);
    if (turnedBack) await exchange(client, name);
    else await makeTable(client, table, to);
    await restoreDependents();
    await setRows(client, name, rows);
  });
}

/** As the migrations make it: columns, indexes and rights of the one there was. */
async function makeTable(client: Client, { name, column, days }: SpanTable, to: Layout): Promise<void> {
  const indexes = await client.query<{ definition: string }>(
    `SELECT replace(pg_get_indexdef(indexrelid), ' ON ONLY ', ' ON ') AS definition FROM pg_index WHERE indrelid = $1::regclass ORDER BY indexrelid`,
    [name],
  );
  const grants = await readGrants(client, 'relation', await oidOf(client, name), name);
  await client.query(`ALTER TABLE ${name} SET SCHEMA ${UNMOVED}`);
  const partitioned = to === 'partitions' ? `PARTITION BY RANGE (${column})` : '';
  await client.query(`CREATE TABLE ${name} (LIKE ${unmovedName(name)} INCLUDING ALL EXCLUDING INDEXES) ${partitioned}`);
  for (const { definition } of indexes.rows) await client.query(definition);
  await restoreGrants(client, { kind: 'relation', oid: await oidOf(client, name), name, grants });
  if (to === 'hypertables')
    await client.query(
      `SELECT create_hypertable($1::regclass, $2::name, chunk_time_interval => $3 * interval '1 day', create_default_indexes => false)`,
      [name, column, days],
    );
}

async function exchange(client: Client, name: string): Promise<void> {
  const between = 'kubeplant_turned';
  const schema = await schemaOf(client, name);
  await client.query(`CREATE SCHEMA ${between}`);
  await client.query(`ALTER TABLE ${name} SET SCHEMA ${between}`);
  await client.query(`ALTER TABLE ${unmovedName(name)} SET SCHEMA ${schema}`);
  await client.query(`ALTER TABLE ${between}.${name} SET SCHEMA ${UNMOVED}`);
  await client.query(`DROP SCHEMA ${between}`);
}

async function schemaOf(client: Client, table: string): Promise<string> {
  const found = await client.query<{ schema: string }>(
    'SELECT quote_ident(nspname) AS schema FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE c.oid = $1::regclass',
    [table],
  );
  return found.rows[0]?.schema ?? 'public';
}

async function oidOf(client: Client, table: string): Promise<number> {
  const found = await client.query<{ oid: number }>('SELECT $1::regclass::oid::int8::float8 AS oid', [table]);
  return found.rows[0]?.oid ?? 0;
}
