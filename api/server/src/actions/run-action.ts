import type { Permission } from '@kubeplant/api-client';
import type { Scope } from '../ports.ts';
import { reloadIdentity } from '../auth/sessions.ts';
import { holds, type Identity, toScope } from '../auth/identity.ts';
import type { Action, ActionContext, ActionDeps, RefreshCookie } from './action.ts';
import { ActionError, forbidden, unauthorized } from './action-error.ts';
import { validateInput } from './validate-input.ts';
import type { RequestOrigin } from '../auth/account-deps.ts';

/** What a mount knows of one call. */
export interface Call {
  readonly requestId: string;
  readonly origin: RequestOrigin;
  readonly cookie: RefreshCookie;
  /** The bearer token; undefined when there is none. */
  readonly token: string | undefined;
}

/** Run an action for a caller: who is it, may they, is the input right, then do it. Throws `ActionError` for a refusal. */
export async function runAction(deps: ActionDeps, action: Action, call: Call, input: Record<string, unknown>): Promise<unknown> {
  const identity = await identify(deps, action, call.token);
  const scopeOf = (permission: Permission): Scope =>
    identity === undefined ? { grants: [] } : toScope(identity, permission, deps.cluster);
  const { permission } = action;
  const scope = permission === 'public' || permission === 'self' ? { grants: [] } : scopeOf(permission);
  const ctx: ActionContext = {
    ...deps,
    ...call,
    identity,
    scope,
    scopeOf,
    inScope: (run, other) => deps.withScope(other === undefined ? scope : scopeOf(other), run),
  };
  return action.run(ctx, validateInput(action.input, input));
}

async function identify(deps: ActionDeps, action: Action, token: string | undefined): Promise<Identity | undefined> {
  if (action.permission === 'public') return undefined;
  if (token === undefined) throw unauthorized('signed-out', 'Sign in first: send the access token as "Authorization: Bearer …".');
  const authentication = await deps.authenticate(token);
  if (authentication.kind === 'expired')
    throw unauthorized('token-expired', 'The access token has expired; renew it with POST /api/v1/auth/refresh.');
  if (authentication.kind === 'invalid') throw unauthorized('signed-out', 'The access token is not one of this plant; sign in again.');
  const identity = action.checksSession ? await reloadIdentity(deps.accounts, authentication.identity) : authentication.identity;
  if (identity === undefined) throw unauthorized('session-ended', 'This session has ended; sign in again.');
  if (identity.mustChangePassword && !action.beforePasswordChange) {
    throw new ActionError({
      status: 403,
      code: 'password-change-required',
      detail: 'Change the generated password first (POST /api/v1/auth/password).',
    });
  }
  if (action.permission !== 'self' && !holds(identity, action.permission)) {
    throw forbidden(`${action.summary}: this needs the permission ${action.permission}, which ${identity.username} does not hold.`);
  }
  return identity;
}
