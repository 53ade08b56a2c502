import pg from 'pg';

/** One statement on a connection of its own. */
export async function askOnce<T extends object>(url: string, sql: string): Promise<T[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A thing of a database, where it is, and all that can be said of it. */
export interface Described {
  readonly what: string;
  readonly place: string;
  readonly name: string;
  readonly is: string;
}

/** Columns, constraints, indexes, policies, functions, views, triggers, owners and rights. */
export const describeSchema = (url: string): Promise<Described[]> =>
  askOnce<Described>(
    url,
    `SELECT * FROM (
      SELECT 'column' AS what, n.nspname::text AS place, c.relname || '.' || attname AS name,
        concat_ws(' ', format_type(atttypid, atttypmod), attnotnull, attidentity, attgenerated, attcompression, attstorage, pg_get_expr(adbin, adrelid), attacl) AS is
      FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_namespace n ON n.oid = relnamespace
      LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attnum > 0 AND NOT attisdropped
      UNION ALL SELECT 'constraint', connamespace::regnamespace::text, conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) FROM pg_constraint
      UNION ALL SELECT 'index', schemaname, indexname, indexdef FROM pg_indexes
      UNION ALL SELECT 'policy', schemaname, tablename || '.' || policyname, coalesce(qual, '') || coalesce(with_check, '') FROM pg_policies
      UNION ALL SELECT 'view', schemaname, viewname, definition FROM pg_views
      UNION ALL SELECT 'trigger', relnamespace::regnamespace::text, relname || '.' || tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal
      UNION ALL SELECT 'relation', relnamespace::regnamespace::text, relname, concat_ws(' ', relkind, relowner::regrole, ARRAY(SELECT acl::text FROM unnest(relacl) AS acl ORDER BY 1), reloptions, relpersistence, relrowsecurity, relforcerowsecurity, pg_get_partkeydef(oid)) FROM pg_class
      UNION ALL SELECT 'function', pronamespace::regnamespace::text, oid::regprocedure::text, concat_ws(' ', proowner::regrole, proacl, CASE WHEN prokind = 'f' THEN pg_get_functiondef(oid) END)
      FROM pg_proc WHERE pronamespace::regnamespace::text NOT LIKE 'pg_%' AND probin IS NULL
    ) AS everything WHERE place NOT IN ('pg_catalog', 'information_schema') AND place NOT LIKE '%timescaledb%' AND place NOT LIKE 'pg_toast%' ORDER BY 1, 2, 3, 4`,
  );
