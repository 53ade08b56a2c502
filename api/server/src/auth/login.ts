import { type AccountDeps, inAccounts, type RequestOrigin } from './account-deps.ts';
import { selectUser, updateLastLogin } from './account-rows.ts';
import type { LoginThrottle } from './login-throttle.ts';
import { verifyPassword } from './password.ts';
import { type OpenSession, startSession } from './sessions.ts';

/** What became of a login. */
export type LoginOutcome =
  | { readonly kind: 'open'; readonly session: OpenSession }
  | { readonly kind: 'refused' }
  | { readonly kind: 'wait'; readonly waitMs: number };

/** Check name and password and begin a session. Unknown, disabled and wrong look and last the same. */
export async function login(
  deps: AccountDeps & { readonly throttle: LoginThrottle },
  input: { readonly username: string; readonly password: string },
  origin: RequestOrigin,
): Promise<LoginOutcome> {
  const username = input.username.trim().toLowerCase();
  const waitMs = deps.throttle.waitMs(username, origin.address);
  if (waitMs > 0) return { kind: 'wait', waitMs };
  deps.throttle.failed(username, origin.address); // counted before the slow check: tries sent at once are all counted
  const user = await inAccounts(deps, (client) => selectUser(client, 'username', username));
  const matches = await verifyPassword(user?.passwordHash, input.password);
  if (!matches || user === undefined || user.disabled) return { kind: 'refused' };
  deps.throttle.succeeded(username, origin.address);
  const session = await inAccounts(deps, async (client) => {
    await updateLastLogin(client, user.userId, new Date(deps.now()));
    return startSession(deps, client, user, origin);
  });
  return { kind: 'open', session };
}
