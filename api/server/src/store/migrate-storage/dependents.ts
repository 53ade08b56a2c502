import { DatabaseError } from '../database-error.ts';
import { type Grants, readGrants, restoreGrants } from './grants.ts';
import type { Client } from './in-transaction.ts';

interface Dependent {
  readonly oid: number;
  /** Undefined: of a kind that cannot be made again. */
  readonly kind: 'VIEW' | 'ROUTINE' | null;
  readonly described: string;
  /** With its schema, and a routine with the types of its arguments. */
  readonly name: string;
  /** The login may drop it and make it again. */
  readonly ours: boolean;
  readonly create: string;
  /** Statements that follow: owner, comments. */
  readonly after: readonly string[];
}

/**
 * What is bound to a table itself rather than to its name: views and functions, those that use them in turn, and the
 * types of rows between. Chunks and partitions are a table's own. What depends on another comes after it.
 */
const TREE = `
WITH RECURSIVE tree (classid, objid, depth) AS (
  SELECT 'pg_class'::regclass::oid, $1::oid, 0
  UNION
  SELECT next.classid, next.objid, tree.depth + 1
  FROM tree CROSS JOIN LATERAL (
    SELECT tree.classid, tree.objid
    UNION ALL SELECT 'pg_type'::regclass, t.oid FROM pg_type r JOIN pg_type t ON t.oid IN (r.oid, r.typarray)
    WHERE tree.classid = 'pg_class'::regclass AND r.typrelid = tree.objid
  ) AS used
  JOIN pg_depend d ON d.refclassid = used.classid AND d.refobjid = used.objid AND d.deptype = 'n'
  LEFT JOIN pg_rewrite w ON d.classid = 'pg_rewrite'::regclass AND w.oid = d.objid
  CROSS JOIN LATERAL (SELECT CASE WHEN w.oid IS NULL THEN d.classid ELSE 'pg_class'::regclass END AS classid, coalesce(w.ev_class, d.objid) AS objid) AS next
  WHERE next.objid <> tree.objid AND tree.depth < 100
    AND NOT EXISTS (SELECT FROM pg_inherits i WHERE i.inhrelid = next.objid AND i.inhparent = tree.objid)
), dependent AS (SELECT classid, objid, max(depth) AS depth FROM tree GROUP BY classid, objid)`;

const DEPENDENTS = `${TREE}
SELECT oid, described, kind, name,
  coalesce(pg_has_role(owner, 'USAGE'), true) AS ours,
  CASE kind WHEN 'VIEW' THEN 'CREATE VIEW ' || name || coalesce(' WITH (' || array_to_string(reloptions, ', ') || ')', '') || ' AS ' || pg_get_viewdef(oid)
    WHEN 'ROUTINE' THEN pg_get_functiondef(oid) END AS create,
  ARRAY(
    SELECT format('ALTER %s %s OWNER TO %I', kind, name, pg_get_userbyid(owner)) WHERE pg_get_userbyid(owner) <> current_user
    UNION ALL SELECT format('COMMENT ON %s %s IS %L', kind, name, comment) WHERE comment IS NOT NULL
    UNION ALL SELECT format('COMMENT ON COLUMN %s.%I IS %L', name, attname, col_description(attrelid, attnum))
    FROM pg_attribute WHERE kind = 'VIEW' AND attrelid = oid AND col_description(attrelid, attnum) IS NOT NULL
  ) AS after
FROM (
  SELECT d.depth, d.objid AS oid, pg_describe_object(d.classid, d.objid, 0) AS described, obj_description(d.objid, d.classid::regclass::text::name) AS comment,
    CASE WHEN c.relkind = 'v' THEN 'VIEW' WHEN p.prokind IN ('f', 'p', 'w') THEN 'ROUTINE' END AS kind,
    coalesce(quote_ident(n.nspname) || '.' || quote_ident(c.relname), p.oid::regprocedure::text) AS name, coalesce(c.relowner, p.proowner) AS owner, c.reloptions
  FROM dependent d
  LEFT JOIN pg_class c ON d.classid = 'pg_class'::regclass AND c.oid = d.objid LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_proc p ON d.classid = 'pg_proc'::regclass AND p.oid = d.objid
  WHERE d.depth > 0
) AS found ORDER BY depth`;

/** What somebody put on the table or on a view of it, and would be lost with it. */
const ATTACHED = `${TREE}
SELECT pg_describe_object(a.classid, a.objid, 0) AS described
FROM dependent d JOIN pg_depend a ON a.refclassid = d.classid AND a.refobjid = d.objid AND a.deptype = 'a'
LEFT JOIN pg_trigger t ON a.classid = 'pg_trigger'::regclass AND t.oid = a.objid
WHERE a.classid IN ('pg_trigger'::regclass, 'pg_policy'::regclass, 'pg_publication_rel'::regclass, 'pg_rewrite'::regclass)
  AND t.tgname IS DISTINCT FROM 'ts_insert_blocker'`;

/** Names in definitions come with their schema. */
async function readDependents(client: Client, oid: number): Promise<Dependent[]> {
  const path = await client.query<{ path: string }>(`SELECT current_setting('search_path') AS path`);
  await client.query(`SELECT set_config('search_path', 'pg_catalog', false)`);
  const found = await client.query<Dependent>(DEPENDENTS, [oid]);
  await client.query(`SELECT set_config('search_path', $1, false)`, [path.rows[0]?.path]);
  return found.rows;
}

async function oidOf(client: Client, table: string): Promise<number> {
  const found = await client.query<{ oid: number }>('SELECT to_regclass($1)::oid::int8::float8 AS oid', [table]);
  return found.rows[0]?.oid ?? 0;
}

/** Refuse what would be lost, with its name. */
export async function assertDependents(client: Client, table: string): Promise<void> {
  const oid = await oidOf(client, table);
  const dependents = await readDependents(client, oid);
  const attached = await client.query<{ described: string }>(ATTACHED, [oid]);
  const lost = [...dependents.filter(({ kind, ours }) => kind === null || !ours), ...attached.rows].map(({ described }) => described);
  if (lost.length === 0) return;
  throw new DatabaseError(
    'dependent',
    `${lost.join(', ')}: this hangs on the table ${table} and cannot be taken along; drop it, and make it again when the history is moved`,
  );
}

/**
 * Drop the views and functions that are bound to a table. The function that is returned makes them again, bound to
 * the table that has its name then, with their owners, rights and comments. Both in one transaction.
 */
export async function takeDependents(client: Client, table: string): Promise<() => Promise<void>> {
  await assertDependents(client, table);
  const kept: (Dependent & { readonly grants: Grants })[] = [];
  for (const one of await readDependents(client, await oidOf(client, table)))
    kept.push({ ...one, grants: await readGrants(client, relationOrRoutine(one), one.oid, one.name) });
  for (const { kind, name } of kept.toReversed()) await client.query(`DROP ${kind} ${name}`);
  return async () => {
    await client.query('SET LOCAL check_function_bodies = off');
    for (const one of kept) {
      for (const statement of [one.create, ...one.after]) await client.query(statement);
      const found = await client.query<{ oid: number }>(
        `SELECT ${one.kind === 'VIEW' ? 'to_regclass' : 'to_regprocedure'}($1)::oid::int8::float8 AS oid`,
        [one.name],
      );
      await restoreGrants(client, { kind: relationOrRoutine(one), oid: found.rows[0]?.oid ?? 0, name: one.name, grants: one.grants });
    }
  };
}

const relationOrRoutine = ({ kind }: Dependent): 'relation' | 'routine' => (kind === 'VIEW' ? 'relation' : 'routine');
