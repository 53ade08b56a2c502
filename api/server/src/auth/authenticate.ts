import { timingSafeEqual } from 'node:crypto';
import { tokenHash } from '@kubeplant/kit';
import { verifyAccessToken } from './access-token.ts';
import type { Identity } from './identity.ts';
import type { SigningKeys } from './signing-keys.ts';

/** What a bearer token says. */
export type Authentication =
  | { readonly kind: 'identity'; readonly identity: Identity }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

const cli: Identity = {
  kind: 'cli',
  userId: 'cli',
  username: 'cli',
  displayName: 'Local command',
  grants: [{ role: 'admin', namespace: '*', site: '*' }],
  mustChangePassword: false,
};

/** Identify a bearer token: an access token of ours, or the token of the local command where there is one. */
export function createAuthenticate(deps: {
  readonly keys: SigningKeys;
  readonly now: () => number;
  readonly cliToken?: string | undefined;
}): (token: string) => Promise<Authentication> {
  const cliHash = deps.cliToken === undefined ? undefined : Buffer.from(tokenHash(deps.cliToken));
  return async (token) => {
    if (cliHash !== undefined && timingSafeEqual(Buffer.from(tokenHash(token)), cliHash)) return { kind: 'identity', identity: cli };
    const verified = await verifyAccessToken(deps, token);
    return verified.kind === 'valid' ? { kind: 'identity', identity: verified.identity } : verified;
  };
}
