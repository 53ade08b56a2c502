import { randomBytes, randomUUID } from 'node:crypto';
import type { ScopedClient } from '../ports.ts';
import { type AccountDeps, inAccounts, type RequestOrigin } from './account-deps.ts';
import { insertSession, revokeSessions, type SessionRow, selectSession, type UserRow, updateSession } from './account-rows.ts';
import type { Identity } from './identity.ts';
import { formatRefreshToken, isGenuine, parseRefreshToken } from './refresh-token.ts';

/** A session not used this long is over. */
export const IDLE_MS = 7 * 86_400_000;
/** A session is over after this time, however much it is used. */
export const LIFE_MS = 30 * 86_400_000;
/** During this time after a renewal both the token before and the present one get the present one: many tabs may renew at once, in any order. */
export const GRACE_MS = 30_000;

/** A session with the refresh token to set. */
export interface OpenSession {
  readonly identity: Identity;
  readonly refreshToken: string;
  readonly expiresAt: Date;
}

/** What became of a renewal. `reused`: an old token came back, so the session was ended. */
export type Renewal = { readonly kind: 'renewed'; readonly session: OpenSession } | { readonly kind: 'ended' | 'reused' | 'unknown' };

/** Begin a session inside the caller's transaction. */
export async function startSession(deps: AccountDeps, client: ScopedClient, user: UserRow, origin: RequestOrigin): Promise<OpenSession> {
  const createdAt = new Date(deps.now());
  const session = {
    sessionId: randomUUID(),
    userId: user.userId,
    secret: randomBytes(32),
    generation: 1,
    createdAt,
    rotatedAt: createdAt,
    lastUsedAt: createdAt,
    expiresAt: new Date(createdAt.getTime() + IDLE_MS),
    address: origin.address,
    userAgent: origin.userAgent.slice(0, 200),
  };
  await insertSession(client, session);
  return toOpenSession(deps, session, user);
}

/** Exchange a refresh token for its successor. A genuine token that is older than the one before ends the session. */
export async function renewSession(deps: AccountDeps, token: string, origin: RequestOrigin): Promise<Renewal> {
  const claim = parseRefreshToken(token);
  if (claim === undefined) return { kind: 'unknown' };
  const renewal = await inAccounts(deps, async (client): Promise<Renewal> => {
    const session = await selectSession(client, claim.sessionId, true);
    if (session === undefined || !isGenuine(deps.keys.refreshKey, session, claim)) return { kind: 'unknown' };
    if (!isGood(session, deps.now())) return { kind: 'ended' };
    const inGrace = session.generation > 1 && deps.now() - session.rotatedAt.getTime() <= GRACE_MS;
    const isPresent = claim.generation === session.generation;
    if (isPresent && !inGrace) return rotate(deps, client, session, origin);
    if (inGrace && (isPresent || claim.generation === session.generation - 1))
      return { kind: 'renewed', session: toOpenSession(deps, session, session.user) };
    await revokeSessions(
      client,
      { sessionId: session.sessionId },
      { at: new Date(deps.now()), reason: 'an old refresh token was used again' },
    );
    return { kind: 'reused' };
  });
  if (renewal.kind === 'reused') deps.onRevoked([claim.sessionId]);
  return renewal;
}

/** The identity as it is now; undefined when the session is over or its user disabled. */
export async function reloadIdentity(deps: AccountDeps, identity: Identity): Promise<Identity | undefined> {
  const { sessionId } = identity;
  if (identity.kind === 'cli') return identity;
  if (sessionId === undefined) return undefined;
  const session = await inAccounts(deps, (client) => selectSession(client, sessionId));
  if (session === undefined || session.userId !== identity.userId || !isGood(session, deps.now())) return undefined;
  const fresh = toIdentity(session.user, sessionId);
  return identity.expiresAtMs === undefined ? fresh : { ...fresh, expiresAtMs: identity.expiresAtMs };
}

/** End sessions. */
export async function endSessions(
  deps: AccountDeps,
  which: { readonly sessionId: string } | { readonly userId: string; readonly except?: string },
  reason: string,
): Promise<void> {
  const ended = await inAccounts(deps, (client) => revokeSessions(client, which, { at: new Date(deps.now()), reason }));
  deps.onRevoked(ended);
}

/** Identity of a user in a session. */
export function toIdentity(user: UserRow, sessionId: string): Identity {
  const { userId, username, displayName, grants, mustChangePassword } = user;
  return { kind: 'user', userId, username, displayName, grants, mustChangePassword, sessionId };
}

async function rotate(
  deps: AccountDeps,
  client: ScopedClient,
  session: SessionRow & { user: UserRow },
  origin: RequestOrigin,
): Promise<Renewal> {
  const nowMs = deps.now();
  const next = {
    ...session,
    generation: session.generation + 1,
    rotatedAt: new Date(nowMs),
    lastUsedAt: new Date(nowMs),
    expiresAt: new Date(Math.min(nowMs + IDLE_MS, session.createdAt.getTime() + LIFE_MS)),
    address: origin.address,
  };
  await updateSession(client, next);
  return { kind: 'renewed', session: toOpenSession(deps, next, session.user) };
}

const isGood = (session: SessionRow & { user: UserRow }, nowMs: number): boolean =>
  session.revokedAt === null && session.expiresAt.getTime() > nowMs && !session.user.disabled;

function toOpenSession(
  deps: AccountDeps,
  session: Pick<SessionRow, 'sessionId' | 'secret' | 'generation' | 'expiresAt'>,
  user: UserRow,
): OpenSession {
  const refreshToken = formatRefreshToken(deps.keys.refreshKey, session, session.generation);
  return { identity: toIdentity(user, session.sessionId), refreshToken, expiresAt: session.expiresAt };
}
