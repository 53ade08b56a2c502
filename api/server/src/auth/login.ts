import { type AccountDeps, inAccounts, type RequestOrigin } from './account-deps.ts';
import { selectUser, updateLastLogin } from './account-rows.ts';
import type { LoginThrottle } from './login-throttle.ts';
import { networkOf } from './network-of.ts';
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
  const attempt = deps.throttle.begin(username, origin.address);
  if (attempt.kind === 'wait') return attempt;
  try {
    const user = await inAccounts(deps, (client) => selectUser(client, 'username', username));
    const turn = { key: networkOf(origin.address), first: attempt.known };
    const matches = await deps.passwords.verify(user?.passwordHash, input.password, turn);
    if (!matches || user === undefined || user.disabled) return { kind: 'refused' };
    const session = await inAccounts(deps, async (client) => {
      await updateLastLogin(client, user.userId, new Date(deps.now()));
      return startSession(deps, client, user, origin);
    });
    attempt.succeeded();
    return { kind: 'open', session };
  } catch (error) {
    attempt.unsettled(); // no place, no database: nobody has guessed
    throw error;
  }
}
