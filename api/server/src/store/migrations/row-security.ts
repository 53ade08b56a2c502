/** Role of every run-time connection: no login, no owner, bound by row-level security. */
export const RUNTIME_ROLE = 'kubeplant_runtime';

/**
 * `kubeplant.scope` holds one grant a line, `tenant site` with `*` for all; unset or empty is no grant. It is read
 * once a query (a scalar sub-select in the policy), not once a row.
 */
export const SCOPE_FUNCTION = `
CREATE FUNCTION kubeplant_scope() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT string_to_array(nullif(current_setting('kubeplant.scope', true), ''), E'\\n') $$`;

/** Statements that bind a table with `tenant` and `site` to the scope, for its owner too. */
export function secureTable(table: string): string {
  const visible = `ARRAY[tenant || ' ' || site, tenant || ' *', '* ' || site, '* *'] && (SELECT kubeplant_scope())`;
  return `
ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
CREATE POLICY in_scope ON ${table} USING (${visible}) WITH CHECK (${visible});`;
}

/** Make the run-time role where it is missing and let the login take it on. */
export const RUNTIME_ROLE_SQL = `
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '${RUNTIME_ROLE}') THEN
    CREATE ROLE ${RUNTIME_ROLE} NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;
DO $$ BEGIN
  IF NOT pg_has_role(current_user, '${RUNTIME_ROLE}', CASE WHEN current_setting('server_version_num')::int4 < 160000 THEN 'MEMBER' ELSE 'SET' END) THEN
    EXECUTE format('GRANT ${RUNTIME_ROLE} TO %I', current_user);
  END IF;
END $$;
DO $$ BEGIN
  EXECUTE format('GRANT USAGE ON SCHEMA %I TO ${RUNTIME_ROLE}', current_schema());
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${RUNTIME_ROLE}', current_schema());
  EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT USAGE ON SEQUENCES TO ${RUNTIME_ROLE}', current_schema());
END $$`;
