import type { Migration } from '../store/migrations/migration.ts';

/**
 * Users and their sessions. No tenant in a column: grants are read before a scope exists. A refresh token is an HMAC of
 * session, generation and the session's secret under a key that is not in the database: these rows alone forge none.
 */
const ACCOUNTS = `
CREATE TABLE "user" (
  user_id uuid PRIMARY KEY, username text NOT NULL UNIQUE, display_name text NOT NULL, password_hash text NOT NULL, grants jsonb NOT NULL,
  disabled boolean NOT NULL, must_change_password boolean NOT NULL, created_at timestamptz NOT NULL, last_login_at timestamptz
);
CREATE TABLE session (
  session_id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES "user" ON DELETE CASCADE, secret bytea NOT NULL, generation int4 NOT NULL,
  created_at timestamptz NOT NULL, rotated_at timestamptz NOT NULL, last_used_at timestamptz NOT NULL, expires_at timestamptz NOT NULL,
  revoked_at timestamptz, revoked_for text, address text NOT NULL, user_agent text NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX session_of_user ON session (user_id);`;

/** Tables of accounts. */
export const accountsMigration: Migration = {
  version: 2,
  name: 'accounts',
  up: async (client) => {
    await client.query(ACCOUNTS);
  },
};
