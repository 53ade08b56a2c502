import type {} from '@fastify/cookie'; // the types of cookies on requests and replies
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RefreshCookie } from '../actions/action.ts';

const name = 'kubeplant_refresh';
const path = '/api/v1/auth';

/** The refresh cookie: HttpOnly, SameSite=Strict, sent to `/api/v1/auth` only, Secure behind TLS. */
export function createRefreshCookie(request: FastifyRequest, reply: FastifyReply): RefreshCookie {
  const attributes = { path, httpOnly: true, sameSite: 'strict', secure: request.protocol === 'https' } as const;
  return {
    read: () => (isOwnPage(request) ? request.cookies[name] : undefined),
    write: (token, expires) => void reply.setCookie(name, token, { ...attributes, expires }),
    clear: () => void reply.clearCookie(name, attributes),
  };
}

/** Browsers say where a request comes from; a page of another origin on the same host is not ours. */
function isOwnPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return site === undefined || site === 'same-origin' || site === 'none';
}
