import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { loginUrl, query, TEMPLATE } from './prepare-template.ts';

/** Engines the store is tested on. */
export type Engine = 'plain' | 'timescale';

/** Engines this machine has, for `describe.each`. */
export const engines = (): Engine[] => (inject('timescaleUrl') === '' ? ['plain'] : ['plain', 'timescale']);

/** A database of one test file. */
export interface TestDatabase {
  /** For the login, which is no superuser. */
  readonly url: string;
  /** For a superuser: row-level security does not bind it. */
  readonly adminUrl: string;
  readonly name: string;
  drop(): Promise<void>;
}

/** Copy the migrated template of an engine; `empty` makes one without any migration. */
export async function createTestDatabase(engine: Engine, options: { readonly empty?: boolean } = {}): Promise<TestDatabase> {
  const server = engine === 'plain' ? inject('postgresUrl') : inject('timescaleUrl');
  const password = engine === 'plain' ? inject('postgresLoginPassword') : inject('timescaleLoginPassword');
  const name = `kp_${randomBytes(6).toString('hex')}`;
  const login = new URL(loginUrl(server, password, name)).username;
  await query(server, `CREATE DATABASE ${name} OWNER ${login}${options.empty ? '' : ` TEMPLATE ${TEMPLATE}`}`);
  const admin = new URL(server);
  admin.pathname = `/${name}`;
  if (options.empty && engine === 'timescale') await query(admin.href, 'CREATE EXTENSION IF NOT EXISTS timescaledb');
  return {
    url: loginUrl(server, password, name),
    adminUrl: admin.href,
    name,
    drop: async () => {
      await query(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
