import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Action, ActionDeps, StreamedOutput } from '../actions/action.ts';
import { type Call, runAction } from '../actions/run-action.ts';
import { collectInput } from './collect-input.ts';
import type { HttpLimits } from './limits.ts';
import { MOUNTS, type Mount } from './mounts.ts';
import { createRefreshCookie } from './refresh-cookie.ts';
import { createStreamGate } from './stream-gate.ts';

/** Mount every action of the table. `checkOutput` is told each answer; tests hold it against the schema. */
export function mountActions(
  app: FastifyInstance,
  deps: ActionDeps,
  limits: HttpLimits,
  checkOutput?: (action: Action, output: unknown) => void,
): void {
  const streams = createStreamGate({ log: deps.log, now: deps.now, limits });
  for (const mount of MOUNTS) {
    app.route({
      method: mount.method,
      url: mount.path,
      exposeHeadRoute: !sendsStream(mount), // HEAD would read all of it and show nothing
      handler: async (request, reply) => {
        const action = mount.csv !== undefined && wantsCsv(request) ? mount.csv : mount.action;
        const input = collectInput(mount, action, request);
        const output = await runAction(deps, action, toCall(request, reply), input);
        reply.header('cache-control', 'no-store');
        if (action.output === undefined) return streams.send(reply, output as StreamedOutput); // A stream action's run says so.
        checkOutput?.(action, output);
        setEntityTag(mount, reply, output);
        return reply
          .status(mount.status ?? 200)
          .type('application/json')
          .send(JSON.stringify(output));
      },
    });
  }
}

const sendsStream = ({ action, csv }: Mount): boolean => action.output === undefined || csv !== undefined;

/** The bearer token of a request. */
export function readBearerToken(request: FastifyRequest): string | undefined {
  return /^Bearer +([^\s]+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

function toCall(request: FastifyRequest, reply: FastifyReply): Call {
  return {
    requestId: request.id,
    origin: { address: request.ip, userAgent: request.headers['user-agent'] ?? '' },
    cookie: createRefreshCookie(request, reply),
    token: readBearerToken(request),
  };
}

const wantsCsv = (request: FastifyRequest): boolean => /(^|,)\s*text\/csv\b/i.test(request.headers.accept ?? '');

/** A resource's version, for `If-Match`. */
function setEntityTag(mount: Mount, reply: FastifyReply, output: unknown): void {
  const version = (output as { metadata?: { resourceVersion?: unknown } }).metadata?.resourceVersion;
  if (mount.path.endsWith('/:plural/:name') && mount.method === 'GET' && typeof version === 'string') reply.header('etag', `"${version}"`);
}
