import cookie from '@fastify/cookie';
import compress from '@fastify/compress';
import websocket from '@fastify/websocket';
import { type Logger, type Meter, ulid } from '@kubeplant/kit';
import { fastify, type FastifyInstance } from 'fastify';
import type { Action, ActionDeps } from './actions/action.ts';
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
import { mountActions } from './http/mount-actions.ts';
import { buildOpenApi } from './http/open-api.ts';
import { toProblem } from './http/problem.ts';
import { answerBrokenRequest, sendProblem } from './http/send-problem.ts';
import { serveProbes } from './http/probes.ts';
import { addSecurityHeaders } from './http/security-headers.ts';
import { createLiveServer } from './live/live-server.ts';
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
  readonly checks?: Readonly<Record<string, () => string | undefined>>;
  /** Told every answer; tests hold it against the schema. */
  readonly checkOutput?: (action: Action, output: unknown) => void;
}

/** Of the 16 connections to the database: however much is asked over HTTP, commits find one. */
const databasePlaces = 10;
const bodyLimitBytes = 1 << 20;
const liveMessageBytes = 2 << 20;

/** Build the HTTP side. It does not listen; closing it ends live connections first. */
export async function buildApp(deps: AppDeps): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    genReqId: () => ulid(deps.now()),
    requestIdHeader: false,
    trustProxy: deps.trustedProxies === undefined ? false : [...deps.trustedProxies],
    bodyLimit: bodyLimitBytes,
    requestTimeout: 30_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
    frameworkErrors: (error, request, reply) => sendProblem(reply, toProblem(deps.log, error, request)),
    clientErrorHandler: answerBrokenRequest,
  });
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
  await app.register(websocket, {
    options: { maxPayload: liveMessageBytes },
    errorHandler: (_error, socket) => socket.terminate(),
  });
  const actionDeps = createActionDeps(deps, (ids) => live.endSessions(ids));
  const live = createLiveServer(actionDeps);
  app.addHook('preClose', async () => live.close());
  app.get('/api/v1/live', { websocket: true }, (socket, request) => {
    const cookies = { read: () => undefined, write: () => {}, clear: () => {} };
    live.accept(socket, {
      requestId: request.id,
      origin: { address: request.ip, userAgent: request.headers['user-agent'] ?? '' },
      cookie: cookies,
    });
  });
  mountActions(app, actionDeps, deps.checkOutput);
  serveProbes(app, deps.checks ?? {});
  serveDocs(app);
  await serveConsole(app, deps.consoleDir);
  return app;
}

function createActionDeps(deps: AppDeps, onRevoked: (sessionIds: readonly string[]) => void): ActionDeps {
  const { now, keys } = deps;
  const database = createGate({
    places: databasePlaces,
    waiting: 2000,
    full: 'Too many requests wait for the database; try again in a moment.',
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
