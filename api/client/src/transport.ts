import { ApiError, toApiError, toUnreachable } from './problem.ts';
import type { TokenKeeper } from './token-keeper.ts';

/** Values of a query; arrays are joined by commas, undefined is left out. */
export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** One request. */
export interface RequestOptions {
  readonly query?: Query | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Sends requests below `/api/v1` with the access token, and once more with a new one after a 401. */
export interface Transport {
  json<T>(method: string, path: string, options?: RequestOptions): Promise<T>;
  response(method: string, path: string, options?: RequestOptions): Promise<Response>;
}

/** Query text with its `?`, or nothing. */
export function formatQuery(query: Query = {}): string {
  const parts = Object.entries(query).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const text = Array.isArray(value) ? value.join(',') : String(value);
    return [`${encodeURIComponent(name)}=${encodeURIComponent(text)}`];
  });
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

/** Transport over `fetch`. */
export function createTransport(deps: { readonly baseUrl: string; readonly fetch: typeof fetch; readonly tokens: TokenKeeper }): Transport {
  const send = async (method: string, path: string, options: RequestOptions, token: string | undefined): Promise<Response> => {
    const url = `${deps.baseUrl}/api/v1/${path}${formatQuery(options.query)}`;
    const headers: Record<string, string> = { accept: 'application/json', ...options.headers };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    const init: RequestInit = { method, headers };
    if (options.body !== undefined) {
      headers['content-type'] = 'application/json';
      init.body = JSON.stringify(options.body);
    }
    if (options.signal !== undefined) init.signal = options.signal;
    return deps.fetch(url, init).catch((cause: unknown) => {
      if (options.signal?.aborted === true) throw cause;
      throw toUnreachable(deps.baseUrl, cause);
    });
  };
  const response = async (method: string, path: string, options: RequestOptions = {}): Promise<Response> => {
    const token = await deps.tokens.access();
    let answer = await send(method, path, options, token);
    if (answer.status === 401 && token !== undefined && deps.tokens.renewable) {
      await answer.body?.cancel();
      answer = await send(method, path, options, await deps.tokens.renew(token));
    }
    if (!answer.ok) throw await toApiError(answer);
    return answer;
  };
  return {
    response,
    async json<T>(method: string, path: string, options?: RequestOptions): Promise<T> {
      const answer = await response(method, path, options);
      const text = await answer.text();
      try {
        return JSON.parse(text === '' ? '{}' : text) as T; // The schemas of the api are the promise of this shape.
      } catch (cause) {
        const detail = `The answer of ${method} ${path} is not JSON. Is ${deps.baseUrl || 'this address'} a Kubeplant api?`;
        throw new ApiError({ type: 'about:blank', title: 'Not JSON', status: answer.status, code: 'not-json', detail }, cause);
      }
    },
  };
}
