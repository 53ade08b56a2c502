import { errors, jwtVerify, SignJWT } from 'jose';
import type { Grant, Role } from '@kubeplant/api-client';
import type { Identity } from './identity.ts';
import type { SigningKeys } from './signing-keys.ts';

/** Life of an access token, seconds. */
export const ACCESS_TOKEN_S = 300;

const issuer = 'kubeplant';
const audience = 'kubeplant-api';

interface Claims {
  readonly sid: string;
  readonly usr: string;
  readonly nam: string;
  readonly mcp?: true;
  readonly grt: readonly [Role, string, string][];
}

/** What a token turned out to be. */
export type VerifiedToken =
  | { readonly kind: 'valid'; readonly identity: Identity }
  | { readonly kind: 'expired' }
  | { readonly kind: 'invalid' };

/** Sign an access token for a user's session; good for five minutes, grants included. */
export function signAccessToken(deps: { readonly keys: SigningKeys; readonly now: () => number }, identity: Identity): Promise<string> {
  const claims: Claims = {
    sid: identity.sessionId ?? '',
    usr: identity.username,
    nam: identity.displayName,
    ...(identity.mustChangePassword ? { mcp: true } : {}),
    grt: identity.grants.map(({ role, namespace, site }) => [role, namespace, site]),
  };
  const nowS = Math.floor(deps.now() / 1000);
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: deps.keys.keyId, typ: 'at+jwt' })
    .setSubject(identity.userId)
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + ACCESS_TOKEN_S)
    .sign(deps.keys.privateKey);
}

/** Check a token: our signature, our issuer and audience, EdDSA only. */
export async function verifyAccessToken(
  deps: { readonly keys: SigningKeys; readonly now: () => number },
  token: string,
): Promise<VerifiedToken> {
  try {
    const { payload } = await jwtVerify<Claims>(token, deps.keys.publicKey, {
      algorithms: ['EdDSA'],
      issuer,
      audience,
      typ: 'at+jwt',
      currentDate: new Date(deps.now()),
      requiredClaims: ['sub', 'exp', 'sid', 'usr', 'grt'],
    });
    const grants: Grant[] = payload.grt.map(([role, namespace, site]) => ({ role, namespace, site }));
    const identity: Identity = {
      kind: 'user',
      userId: payload.sub ?? '',
      username: payload.usr,
      displayName: payload.nam,
      grants,
      mustChangePassword: payload.mcp === true,
      sessionId: payload.sid,
      expiresAtMs: (payload.exp ?? 0) * 1000,
    };
    return { kind: 'valid', identity };
  } catch (error) {
    return error instanceof errors.JWTExpired ? { kind: 'expired' } : { kind: 'invalid' };
  }
}
