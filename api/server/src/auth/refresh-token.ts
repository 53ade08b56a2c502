import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a refresh token claims, before its row confirms it. */
export interface RefreshClaim {
  readonly sessionId: string;
  readonly generation: number;
  readonly mac: Buffer;
}

const form = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\.([1-9][0-9]{0,8})\.([A-Za-z0-9_-]{43})$/;

/**
 * The refresh token of a generation. It follows from the session's row and the api's key, so that two tabs that renew
 * at once get the same successor and no token is stored.
 */
export function formatRefreshToken(
  key: Uint8Array,
  session: { readonly sessionId: string; readonly secret: Uint8Array },
  generation: number,
): string {
  return `${session.sessionId}.${generation}.${macOf(key, session, generation).toString('base64url')}`;
}

/** Parse a refresh token; undefined when it is not one. */
export function parseRefreshToken(token: string): RefreshClaim | undefined {
  const match = form.exec(token);
  if (match === null) return undefined;
  const [, sessionId = '', generation = '', mac = ''] = match;
  return { sessionId, generation: Number(generation), mac: Buffer.from(mac, 'base64url') };
}

/** True when this api made the token for this session. */
export function isGenuine(
  key: Uint8Array,
  session: { readonly sessionId: string; readonly secret: Uint8Array },
  claim: RefreshClaim,
): boolean {
  const expected = macOf(key, session, claim.generation);
  return claim.mac.length === expected.length && timingSafeEqual(claim.mac, expected);
}

function macOf(key: Uint8Array, session: { readonly sessionId: string; readonly secret: Uint8Array }, generation: number): Buffer {
  return createHmac('sha256', key).update(`${session.sessionId}.${generation}.`).update(session.secret).digest();
}
