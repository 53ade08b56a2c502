import type { Grant } from '@kubeplant/api-client';
import type { ScopedClient } from '../ports.ts';

/** A row of `user`. */
export interface UserRow {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly passwordHash: string;
  readonly grants: readonly Grant[];
  readonly disabled: boolean;
  readonly mustChangePassword: boolean;
  readonly createdAt: Date;
  readonly lastLoginAt: Date | null;
}

/** A row of `session`. */
export interface SessionRow {
  readonly sessionId: string;
  readonly userId: string;
  readonly secret: Buffer;
  readonly generation: number;
  readonly createdAt: Date;
  readonly rotatedAt: Date;
  readonly lastUsedAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly address: string;
  readonly userAgent: string;
}

const userColumns = `u.user_id AS "userId", u.username, u.display_name AS "displayName", u.password_hash AS "passwordHash", u.grants, u.disabled,
  u.must_change_password AS "mustChangePassword", u.created_at AS "createdAt", u.last_login_at AS "lastLoginAt"`;
const sessionColumns = `s.session_id AS "sessionId", s.user_id AS "userId", s.secret, s.generation, s.created_at AS "createdAt",
  s.rotated_at AS "rotatedAt", s.last_used_at AS "lastUsedAt", s.expires_at AS "expiresAt", s.revoked_at AS "revokedAt", s.address, s.user_agent AS "userAgent"`;

/** All users by name. There are as many as people in a plant: no paging below this. */
export async function selectUsers(client: ScopedClient): Promise<UserRow[]> {
  return (await client.query<UserRow>(`SELECT ${userColumns} FROM "user" u ORDER BY u.username`)).rows;
}

/** A user by name or id. */
export async function selectUser(client: ScopedClient, by: 'username' | 'user_id', value: string): Promise<UserRow | undefined> {
  return (await client.query<UserRow>(`SELECT ${userColumns} FROM "user" u WHERE u.${by} = $1`, [value])).rows[0];
}

/** False when the name is taken. */
export async function insertUser(client: ScopedClient, user: Omit<UserRow, 'lastLoginAt' | 'disabled'>): Promise<boolean> {
  const text = `INSERT INTO "user" (user_id, username, display_name, password_hash, grants, disabled, must_change_password, created_at)
    VALUES ($1, $2, $3, $4, $5, false, $6, $7) ON CONFLICT (username) DO NOTHING`;
  const { userId, username, displayName, passwordHash, grants, mustChangePassword, createdAt } = user;
  const values = [userId, username, displayName, passwordHash, JSON.stringify(grants), mustChangePassword, createdAt];
  return (await client.query(text, values)).rowCount === 1;
}

/** Write name, grants and whether the user may sign in. */
export async function updateUser(
  client: ScopedClient,
  user: Pick<UserRow, 'userId' | 'displayName' | 'grants' | 'disabled'>,
): Promise<void> {
  const text = 'UPDATE "user" SET display_name = $2, grants = $3, disabled = $4 WHERE user_id = $1';
  await client.query(text, [user.userId, user.displayName, JSON.stringify(user.grants), user.disabled]);
}

/** Write a password's hash. */
export async function updatePassword(
  client: ScopedClient,
  user: Pick<UserRow, 'userId' | 'passwordHash' | 'mustChangePassword'>,
): Promise<void> {
  const text = 'UPDATE "user" SET password_hash = $2, must_change_password = $3 WHERE user_id = $1';
  await client.query(text, [user.userId, user.passwordHash, user.mustChangePassword]);
}

/** Note a login. */
export async function updateLastLogin(client: ScopedClient, userId: string, at: Date): Promise<void> {
  await client.query('UPDATE "user" SET last_login_at = $2 WHERE user_id = $1', [userId, at]);
}

/** Sessions go with it. */
export async function deleteUser(client: ScopedClient, userId: string): Promise<void> {
  await client.query('DELETE FROM "user" WHERE user_id = $1', [userId]);
}

/** Begin a session; those of the user that ended over a week ago are forgotten. */
export async function insertSession(client: ScopedClient, session: Omit<SessionRow, 'revokedAt'>): Promise<void> {
  await client.query(`DELETE FROM session WHERE user_id = $1 AND expires_at < $2::timestamptz - interval '7 days'`, [
    session.userId,
    session.createdAt,
  ]);
  const text = `INSERT INTO session (session_id, user_id, secret, generation, created_at, rotated_at, last_used_at, expires_at, address, user_agent)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;
  const { sessionId, userId, secret, generation, createdAt, rotatedAt, lastUsedAt, expiresAt, address, userAgent } = session;
  await client.query(text, [sessionId, userId, secret, generation, createdAt, rotatedAt, lastUsedAt, expiresAt, address, userAgent]);
}

/** A session with its user; `lock` keeps other renewals out until the transaction ends. */
export async function selectSession(
  client: ScopedClient,
  sessionId: string,
  lock = false,
): Promise<(SessionRow & { user: UserRow }) | undefined> {
  const text = `SELECT ${sessionColumns} FROM session s WHERE s.session_id = $1 ${lock ? 'FOR UPDATE' : ''}`;
  const session = (await client.query<SessionRow>(text, [sessionId])).rows[0];
  const user = session === undefined ? undefined : await selectUser(client, 'user_id', session.userId);
  return session === undefined || user === undefined ? undefined : { ...session, user };
}

/** Sessions that are still good, newest use first; of one user or of all. */
export async function selectSessions(
  client: ScopedClient,
  username: string | undefined,
  now: Date,
): Promise<(SessionRow & { username: string })[]> {
  const text = `SELECT ${sessionColumns}, u.username FROM session s JOIN "user" u USING (user_id)
    WHERE s.revoked_at IS NULL AND s.expires_at > $1 AND ($2::text IS NULL OR u.username = $2) ORDER BY s.last_used_at DESC LIMIT 10000`;
  return (await client.query<SessionRow & { username: string }>(text, [now, username ?? null])).rows;
}

/** Write a renewal. */
export async function updateSession(
  client: ScopedClient,
  session: Pick<SessionRow, 'sessionId' | 'generation' | 'rotatedAt' | 'lastUsedAt' | 'expiresAt' | 'address'>,
): Promise<void> {
  const text = `UPDATE session SET generation = $2, rotated_at = $3, last_used_at = $4, expires_at = $5, address = $6 WHERE session_id = $1`;
  await client.query(text, [
    session.sessionId,
    session.generation,
    session.rotatedAt,
    session.lastUsedAt,
    session.expiresAt,
    session.address,
  ]);
}

/** End sessions; returns the ids of those that were still good. */
export async function revokeSessions(
  client: ScopedClient,
  which: { readonly sessionId: string } | { readonly userId: string; readonly except?: string },
  revocation: { readonly at: Date; readonly reason: string },
): Promise<string[]> {
  const one = 'sessionId' in which;
  const condition = one ? 'session_id = $3' : 'user_id = $3 AND ($4::uuid IS NULL OR session_id <> $4)';
  const text = `UPDATE session SET revoked_at = $1, revoked_for = $2 WHERE revoked_at IS NULL AND ${condition} RETURNING session_id AS id`;
  const values = one
    ? [revocation.at, revocation.reason, which.sessionId]
    : [revocation.at, revocation.reason, which.userId, which.except ?? null];
  return (await client.query<{ id: string }>(text, values)).rows.map((row) => row.id);
}
