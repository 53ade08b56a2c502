import type { Migration } from './migration.ts';

/**
 * Files that users asked for, in pieces of about 1 MiB compressed with Zstandard: the process that writes them and the
 * one that serves them share no folder. No tenant in a column: an export may be of several, and is its user's alone.
 */
const EXPORTS = `
CREATE TABLE export (
  export_id uuid PRIMARY KEY, user_id text NOT NULL, grants jsonb NOT NULL, tags jsonb NOT NULL, format text NOT NULL, origin text,
  from_time timestamptz NOT NULL, to_time timestamptz NOT NULL, state text NOT NULL, attempt int4 NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL, started_at timestamptz, ended_at timestamptz, expires_at timestamptz NOT NULL,
  progress float8 NOT NULL DEFAULT 0, readings int8 NOT NULL DEFAULT 0, size_bytes int8 NOT NULL DEFAULT 0,
  stored_bytes int8 NOT NULL DEFAULT 0, failure text
);
CREATE INDEX export_of_user ON export (user_id, created_at);
CREATE TABLE export_piece (
  export_id uuid NOT NULL REFERENCES export ON DELETE CASCADE, from_byte int8 NOT NULL, size_bytes int4 NOT NULL, bytes bytea NOT NULL,
  PRIMARY KEY (export_id, from_byte)
);
ALTER TABLE export_piece ALTER COLUMN bytes SET STORAGE EXTERNAL;`;

/** Exports and their files. */
export const exportsMigration: Migration = {
  version: 6,
  name: 'exports',
  up: async (client) => {
    await client.query(EXPORTS);
  },
};
