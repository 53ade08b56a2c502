import type pg from 'pg';
import type { Scope, ScopedClient, WithScope } from '../ports.ts';

const NAME = /^[^\s]+$/;

/** The scope as `kubeplant.scope` holds it: a grant a line. Throws on a tenant or site no resource can have. */
export function encodeScope(scope: Scope): string {
  for (const { tenant, site } of scope.grants) {
    if (!NAME.test(tenant) || !NAME.test(site)) throw new Error(`"${tenant}" "${site}" is no grant: a tenant and a site have no blanks`);
  }
  return scope.grants.map(({ tenant, site }) => `${tenant} ${site}`).join('\n');
}

/** Requests get a connection only through this: one transaction, row-level security bound to the scope. */
export const createWithScope =
  (pool: pg.Pool): WithScope =>
  async (scope, run) => {
    const text = encodeScope(scope);
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      await client.query(`BEGIN; SET LOCAL kubeplant.scope = ${client.escapeLiteral(text)}`);
      const result = await run(client as unknown as ScopedClient); // bound from here to the end of the transaction
      await client.query('COMMIT');
      return result;
    } catch (error) {
      broken = await rollBack(client);
      throw error;
    } finally {
      client.release(broken);
    }
  };

/** The error that makes the connection unusable, if rolling back fails. */
async function rollBack(client: pg.PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK');
    return undefined;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
