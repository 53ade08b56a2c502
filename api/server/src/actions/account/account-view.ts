import type { LoginOutput, Me, User } from '@kubeplant/api-client';
import { ACCESS_TOKEN_S, signAccessToken } from '../../auth/access-token.ts';
import type { UserRow } from '../../auth/account-rows.ts';
import { type Identity, permissionsOf } from '../../auth/identity.ts';
import type { OpenSession } from '../../auth/sessions.ts';
import type { ActionContext } from '../action.ts';
import { formatTime } from '../time.ts';

/** Who is signed in. */
export function toMe(identity: Identity): Me {
  const { username, displayName, grants, mustChangePassword, sessionId } = identity;
  return {
    ...{ username, displayName, mustChangePassword },
    grants: [...grants],
    permissions: permissionsOf(identity),
    ...(sessionId === undefined ? {} : { session: sessionId }),
  };
}

/** Hand out the tokens of a session: the refresh token as a cookie, the access token in the answer. */
export async function toLoginOutput(ctx: ActionContext, session: OpenSession): Promise<LoginOutput> {
  ctx.cookie.write(session.refreshToken, session.expiresAt);
  return { accessToken: await signAccessToken(ctx.accounts, session.identity), expiresIn: ACCESS_TOKEN_S, user: toMe(session.identity) };
}

/** A user as administrators see it. */
export function toUser(row: UserRow): User {
  const { username, displayName, grants, disabled, mustChangePassword } = row;
  return {
    ...{ username, displayName, disabled, mustChangePassword },
    grants: [...grants],
    createdAt: formatTime(row.createdAt.getTime() * 1000),
    ...(row.lastLoginAt === null ? {} : { lastLoginAt: formatTime(row.lastLoginAt.getTime() * 1000) }),
  };
}
