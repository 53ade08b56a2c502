import { Agent, type Dispatcher, request } from 'undici';
import { ApiError, toApiError } from './api-error.ts';
import type { ClusterAccess } from './cluster-access.ts';

/** What a request is told to do beside its path. */
export interface RequestOptions {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly body?: unknown;
  readonly contentType?: ContentType;
  readonly signal?: AbortSignal;
}

/** How a patch is meant. */
export type ContentType = 'application/json' | 'application/apply-patch+yaml' | 'application/merge-patch+json';

/** Raw JSON to and from the API server over pooled connections. */
export interface Transport {
  /** The parsed answer; rejects with an ApiError for 400 and more, and where nothing answers. */
  request(method: Method, path: string, options?: RequestOptions): Promise<unknown>;
  /** The body of a watch, chunk by chunk, on connections of its own. Rejects like `request`. */
  stream(
    path: string,
    options: { readonly query: NonNullable<RequestOptions['query']>; readonly signal: AbortSignal },
  ): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Called once per request, for metrics. */
export type RequestObserver = (request: { readonly method: string; readonly status: number; readonly seconds: number }) => void;

/** What a transport needs. */
export interface TransportDeps {
  readonly access: ClusterAccess;
  readonly userAgent: string;
  readonly observe?: RequestObserver;
  /** Checked before every request that changes something; a text refuses it (we no longer lead). */
  readonly refuseWrite?: () => string | undefined;
}

const CONNECTIONS = 16;
const TIMEOUT_MS = 30_000;
/** How often a request that the server asked to repeat is repeated. */
const REPEATS = 3;
const MAX_RETRY_AFTER_MS = 10_000;

/** HTTP/1.1 over two undici pools: calls share one, every watch has a connection of the other. */
export function createTransport({ access, userAgent, observe = () => {}, refuseWrite = () => undefined }: TransportDeps): Transport {
  const calls = createAgent(access, CONNECTIONS);
  const watches = createAgent(access, 64);
  const send = async (dispatcher: Dispatcher, method: Method, path: string, options: RequestOptions & { readonly streaming?: boolean }) => {
    const startMs = performance.now();
    let status = 0;
    try {
      const answer = await attempt({ access, userAgent, dispatcher, method, path, options });
      status = answer.statusCode;
      return answer;
    } catch (error) {
      throw toUnavailable(error, `${method} ${path}`);
    } finally {
      observe({ method, status, seconds: (performance.now() - startMs) / 1000 });
    }
  };
  return {
    request: async (method, path, options = {}) => {
      for (let repeat = 0; ; repeat++) {
        const refusal = method === 'GET' ? undefined : refuseWrite();
        if (refusal !== undefined) throw new ApiError('NotLeading', `${method} ${path}: ${refusal}`);
        const answer = await send(calls, method, path, options);
        const body = parseBody(await readText(answer, `${method} ${path}`));
        if (answer.statusCode < 400) return body;
        const error = toApiError(answer.statusCode, body, { what: `${method} ${path}`, retryAfter: headerOf(answer, 'retry-after') });
        if (error.retryAfterMs === undefined || repeat >= REPEATS) throw error;
        await pause(Math.min(error.retryAfterMs, MAX_RETRY_AFTER_MS), options.signal);
      }
    },
    stream: async (path, { query, signal }) => {
      const answer = await send(watches, 'GET', path, { query, signal, streaming: true });
      if (answer.statusCode < 400) return answer.body;
      throw toApiError(answer.statusCode, parseBody(await readText(answer, path)), {
        what: `GET ${path}`,
        retryAfter: headerOf(answer, 'retry-after'),
      });
    },
    close: async () => {
      await Promise.all([calls.destroy(), watches.destroy()]);
    },
  };
}

function createAgent({ caPem, certPem, keyPem, serverName }: ClusterAccess, connections: number): Agent {
  const tls = {
    ...(caPem !== undefined && { ca: caPem }),
    ...(certPem !== undefined && { cert: certPem }),
    ...(keyPem !== undefined && { key: keyPem }),
    ...(serverName !== undefined && { servername: serverName }),
  };
  return new Agent({
    connections,
    keepAliveTimeout: 30_000,
    connect: { ...tls, keepAlive: true, keepAliveInitialDelay: 15_000, timeout: 10_000 },
  });
}

interface Attempt {
  readonly access: ClusterAccess;
  readonly userAgent: string;
  readonly dispatcher: Dispatcher;
  readonly method: Method;
  readonly path: string;
  readonly options: RequestOptions & { readonly streaming?: boolean };
}

async function attempt(
  { access, userAgent, dispatcher, method, path, options }: Attempt,
  refresh = false,
): Promise<Dispatcher.ResponseData> {
  const authorization = await access.authorization(refresh);
  const answer = await request(`${access.server}${path}${formatQuery(options.query)}`, {
    dispatcher,
    method,
    headers: {
      accept: 'application/json',
      'user-agent': userAgent,
      ...(authorization !== undefined && { authorization }),
      ...(options.body !== undefined && { 'content-type': options.contentType ?? 'application/json' }),
    },
    ...(options.body !== undefined && { body: JSON.stringify(options.body) }),
    headersTimeout: TIMEOUT_MS,
    bodyTimeout: options.streaming === true ? 0 : TIMEOUT_MS,
    ...(options.signal !== undefined && { signal: options.signal }),
  });
  if (answer.statusCode !== 401 || refresh) return answer;
  await answer.body.dump();
  return attempt({ access, userAgent, dispatcher, method, path, options }, true);
}

function formatQuery(query: RequestOptions['query']): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) if (value !== undefined) parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

async function readText(answer: Dispatcher.ResponseData, what: string): Promise<string> {
  try {
    return await answer.body.text();
  } catch (error) {
    throw toUnavailable(error, what);
  }
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const toUnavailable = (error: unknown, what: string): ApiError =>
  error instanceof ApiError
    ? error
    : new ApiError('Unavailable', `${what}: no answer: ${error instanceof Error ? error.message : String(error)}`, { cause: error });

function headerOf(answer: Dispatcher.ResponseData, name: string): string | undefined {
  const value = answer.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Wait; rejects when the signal is aborted. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
