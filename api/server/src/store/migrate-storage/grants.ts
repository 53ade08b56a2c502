import type { Client } from './in-transaction.ts';

/** Rights on a table, view or routine: the list, and the statements that give them. */
export interface Grants {
  readonly list: string | null;
  readonly statements: readonly string[];
}

const GRANTEE = `CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END`;
const GRANTED = `|| ' TO ' || ${GRANTEE} || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END`;

const OF_RELATION = `
SELECT c.relacl::text AS list, ARRAY(
  SELECT format('GRANT %s ON %s', a.privilege_type, $2::text) ${GRANTED} FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner
  UNION ALL SELECT format('GRANT %s (%I) ON %s', a.privilege_type, n.attname, $2::text) ${GRANTED}
  FROM pg_attribute n CROSS JOIN LATERAL aclexplode(n.attacl) a WHERE n.attrelid = c.oid AND NOT n.attisdropped
) AS statements,
ARRAY(SELECT DISTINCT ${GRANTEE} FROM aclexplode(c.relacl) a WHERE a.grantee <> c.relowner) AS grantees
FROM pg_class c WHERE c.oid = $1`;

const OF_ROUTINE = `
SELECT p.proacl::text AS list, ARRAY(
  SELECT format('GRANT %s ON ROUTINE %s', a.privilege_type, $2::text) ${GRANTED}
  FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee <> p.proowner
) AS statements,
ARRAY(SELECT DISTINCT ${GRANTEE} FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a WHERE a.grantee <> p.proowner) AS grantees
FROM pg_proc p WHERE p.oid = $1`;

type Kind = 'relation' | 'routine';

async function query(client: Client, kind: Kind, oid: number, name: string): Promise<Grants & { readonly grantees: readonly string[] }> {
  const found = await client.query<Grants & { grantees: string[] }>(kind === 'relation' ? OF_RELATION : OF_ROUTINE, [oid, name]);
  return found.rows[0] ?? { list: null, statements: [], grantees: [] };
}

/** Who may do what, other than the owner; `name` is what the statements call it. */
export const readGrants = (client: Client, kind: Kind, oid: number, name: string): Promise<Grants> => query(client, kind, oid, name);

/** Give what has just been made these rights, in place of those that it was born with. */
export async function restoreGrants(
  client: Client,
  { kind, oid, name, grants }: { readonly kind: Kind; readonly oid: number; readonly name: string; readonly grants: Grants },
): Promise<void> {
  const born = await query(client, kind, oid, name);
  if (born.list === grants.list && born.statements.join() === grants.statements.join()) return;
  const what = kind === 'routine' ? `ROUTINE ${name}` : name;
  for (const grantee of born.grantees) await client.query(`REVOKE ALL ON ${what} FROM ${grantee}`);
  for (const statement of grants.statements) await client.query(statement);
}
