import cookie from '@fastify/cookie';
import compress from '@fastify/compress';
import websocket from '@fastify/websocket';
import { type Logger, type Meter, ulid } from '@kubeplant/kit';
import { fastify, type FastifyInstance } from 'fastify';
import type { Action, ActionDeps } from './actions/action.ts';
import { ActionError } from './actions/action-error.ts';
import { createDownloadShelf } from './actions/history/download-shelf.ts';
import { createPlant } from './actions/plant/plant.ts';
import { createAuthenticate } from './auth/authenticate.ts';
import { createGate } from './auth/gate.ts';
import { createLoginThrottle } from './auth/login-throttle.ts';
import { createPasswords } from './auth/password.ts';
import type { SigningKeys } from './auth/signing-keys.ts';
import { noSuchPage, serveConsole } from './http/console-files.ts';
import { serveDocs } from './http/docs.ts';
import { measureRequests } from './http/measure-requests.ts';
import { HTTP_LIMITS, type HttpLimits } from './http/limits.ts';
import { mountActions } from './http/mount-actions.ts';
import { buildOpenApi } from './http/open-api.ts';
import { toProblem } from './http/problem.ts';
import { answerBrokenRequest, sendProblem } from './http/send-problem.ts';
import { serveProbes } from './http/probes.ts';
import { addSecurityHeaders } from './http/security-headers.ts';
import { LIVE_LIMITS, type LiveLimits } from './live/limits.ts';
import { createLiveServer, type LiveServer } from './live/live-server.ts';
import type { LiveHub, Readings, Sites, WithScope } from './ports.ts';
import { traceRequests } from './trace-requests.ts';

/** What the api is built from. */
export interface AppDeps {
  readonly cluster: string;
  readonly version: string;
  readonly withScope: WithScope;
  readonly readings: Readings;
  readonly sites: Sites;
  readonly hub: LiveHub;
  readonly keys: SigningKeys;
  readonly now: () => number;
  readonly log: Logger;
  readonly meter?: Meter;
  /** Bearer token of the local command: an administrator. */
  readonly cliToken?: string | undefined;
  readonly consoleDir?: string | undefined;
  /** Proxies whose X-Forwarded headers are believed. */
  readonly trustedProxies?: readonly string[] | undefined;
  readonly limits?: Partial<HttpLimits>;
  readonly liveLimits?: Partial<LiveLimits>;
  readonly checks?: Readonly<Record<string, () => string | undefined>>;
  /** Told every answer; tests hold it against the schema. */
  readonly checkOutput?: (action: Action, output: unknown) => void;
}

/** Of the 16 connections to the database: however much is asked over HTTP, commits find one. */
const databasePlaces = 10;

/** Build the HTTP side. It does not listen; closing it ends live connections first. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const limits = { ...HTTP_LIMITS, ...deps.limits };
  const liveLimits = { ...LIVE_LIMITS, ...deps.liveLimits };
  const app = fastify({
    logger: false,
    genReqId: () => ulid(deps.now()),
    requestIdHeader: false,
    trustProxy: deps.trustedProxies === undefined ? false : [...deps.trustedProxies],
    bodyLimit: limits.bodyBytes,
    requestTimeout: limits.requestMs,
    connectionTimeout: limits.idleMs,
    keepAliveTimeout: limits.keepAliveMs,
    http: { headersTimeout: limits.headersMs, connectionsCheckingInterval: limits.checkMs },
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => sendProblem(reply, toProblem(deps.log, error, request)),
    clientErrorHandler: answerBrokenRequest,
  });
  app.server.maxConnections = limits.connections;
  app.removeContentTypeParser('text/plain');
  app.setNotFoundHandler(async ({ url }) => {
    throw noSuchPage(url.split('?')[0] ?? url);
  });
  app.setErrorHandler((error, request, reply) => sendProblem(reply, toProblem(deps.log, error, request)));
  traceRequests(app);
  if (deps.meter !== undefined) measureRequests(app, deps.meter, deps.now);
  await addSecurityHeaders(app);
  await app.register(cookie);
  await app.register(compress, { global: true, threshold: 2048, encodings: ['gzip'] });
  const options = { maxPayload: liveLimits.messageBytes, closeTimeout: liveLimits.closeMs }; // the types do not know the second
  await app.register(websocket, {
    options,
    errorHandler: () => {}, // a broken frame, or a lost connection: it closes by itself
  });
  const actionDeps = createActionDeps(deps, (ids) => live.endSessions(ids));
  const live = createLiveServer(actionDeps, liveLimits);
  app.addHook('preClose', async () => live.close());
  mountLive(app, live);
  mountActions(app, actionDeps, limits, deps.checkOutput);
  serveProbes(app, deps.checks ?? {});
  serveDocs(app);
  await serveConsole(app, deps.consoleDir);
  return app;
}

function mountLive(app: FastifyInstance, live: LiveServer): void {
  const cookie = { read: () => undefined, write: () => {}, clear: () => {} };
  app.route({
    method: 'GET',
    url: '/api/v1/live',
    handler: () => {
      const detail = 'This is the address of the live channel; open it as a WebSocket.';
      throw new ActionError({ status: 426, code: 'upgrade-required', detail, headers: { upgrade: 'websocket' } });
    },
    wsHandler: (socket, request) =>
      live.accept(socket, {
        requestId: request.id,
        origin: { address: request.ip, userAgent: request.headers['user-agent'] ?? '' },
        cookie,
      }),
  });
}

function createActionDeps(deps: AppDeps, onRevoked: (sessionIds: readonly string[]) => void): ActionDeps {
  const { now, keys } = deps;
  const database = createGate({
    places: databasePlaces,
    waiting: 2000,
    waitMs: 10_000,
    full: 'The database does not answer as fast as it is asked; try again in a moment.',
  });
  const withScope: WithScope = (scope, run) => database.run(() => deps.withScope(scope, run));
  let openApi: unknown;
  return {
    cluster: deps.cluster,
    accounts: { withScope, keys, now, onRevoked, passwords: createPasswords(), throttle: createLoginThrottle(now) },
    authenticate: createAuthenticate({ keys, now, cliToken: deps.cliToken }),
    withScope,
    sites: deps.sites,
    plant: createPlant(deps.sites),
    hub: deps.hub,
    readings: deps.readings,
    downloads: createDownloadShelf(now),
    now,
    log: deps.log,
    openApi: () => {
      openApi ??= buildOpenApi(deps.version);
      return openApi;
    },
  };
}
