import type { ActionDeps } from '../actions/action.ts';
import { ActionError, unauthorized } from '../actions/action-error.ts';
import type { Identity } from '../auth/identity.ts';
import { reloadIdentity } from '../auth/sessions.ts';

/** Who opens a live connection: the token is checked, and the session's row too. */
export async function identify(deps: Pick<ActionDeps, 'authenticate' | 'accounts'>, token: string): Promise<Identity> {
  const authentication = await deps.authenticate(token);
  if (authentication.kind === 'expired')
    throw unauthorized('token-expired', 'The access token has expired; renew it with POST /api/v1/auth/refresh.');
  if (authentication.kind === 'invalid') throw unauthorized('signed-out', 'The access token is not one of this plant; sign in again.');
  const identity = await reloadIdentity(deps.accounts, authentication.identity);
  if (identity === undefined) throw unauthorized('session-ended', 'This session has ended; sign in again.');
  if (!identity.mustChangePassword) return identity;
  throw new ActionError({
    status: 403,
    code: 'password-change-required',
    detail: 'Change the generated password first (POST /api/v1/auth/password).',
  });
}
