import { describe, expect, it } from 'vitest';
import { createClient } from './client.ts';
import { ApiError } from './problem.ts';

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: unknown;
}

/** An api that answers by a function; `answer` gets the request and returns [status, body, cookie?]. */
function fake(answer: (request: Request) => readonly [number, unknown, string?] | Promise<never>) {
  const requests: Request[] = [];
  const doFetch = (async (url: string, init: RequestInit) => {
    const request = {
      method: init.method ?? 'GET',
      url,
      headers: init.headers as Record<string, string>,
      body: init.body === undefined ? undefined : JSON.parse(String(init.body)),
    };
    requests.push(request);
    const [status, body, cookie] = await answer(request);
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    const headers = new Headers({ 'content-type': type });
    if (cookie !== undefined) headers.append('set-cookie', `kubeplant_refresh=${cookie}; Path=/api/v1/auth; HttpOnly`);
    return new Response(JSON.stringify(body), { status, headers });
  }) as typeof fetch;
  return { requests, fetch: doFetch };
}
const tokens = (accessToken: string) => ({ accessToken, expiresIn: 300, user: { username: 'ann' } });
const expired = { type: 'about:blank', title: 'Unauthorized', status: 401, code: 'token-expired', detail: 'expired' };

describe('the client', () => {
  it('signs in, sends the token, and writes lists as one query parameter', async () => {
    const api = fake(({ url }) => (url.endsWith('login') ? [200, tokens('one')] : [200, { items: [], total: 0 }]));
    const client = createClient({ baseUrl: 'http://plant/', fetch: api.fetch });
    await client.auth.login({ username: 'ann', password: 'x' });
    await client.alarms.list({ state: ['UNACK', 'ACKED'], limit: 5 });
    expect(api.requests[1]).toMatchObject({
      url: 'http://plant/api/v1/alarms?state=UNACK%2CACKED&limit=5',
      headers: { authorization: 'Bearer one' },
    });
  });

  it('renews the token once for many requests that were refused, and repeats them', async () => {
    let good = 'one';
    const api = fake(({ url, headers }) => {
      if (url.endsWith('login')) return [200, tokens('one')];
      if (url.endsWith('refresh')) {
        good = 'two';
        return [200, tokens('two')];
      }
      return headers.authorization === `Bearer ${good}` && good === 'two' ? [200, { items: [], total: 0 }] : [401, expired];
    });
    const client = createClient({ fetch: api.fetch });
    await client.auth.login({ username: 'ann', password: 'x' });
    const lists = await Promise.all([client.sites.list(), client.devices.list(), client.tags.list()]);
    expect(lists).toHaveLength(3);
    expect(api.requests.filter(({ url }) => url.endsWith('refresh'))).toHaveLength(1);
  });

  it('renews before the token ends', async () => {
    let nowMs = 0;
    const api = fake(({ url }) => (/login|refresh/.test(url) ? [200, tokens('any')] : [200, {}]));
    const client = createClient({ fetch: api.fetch, now: () => nowMs });
    await client.auth.login({ username: 'ann', password: 'x' });
    nowMs = 291_000;
    await client.overview();
    expect(api.requests.map(({ url }) => url.split('/').at(-1))).toEqual(['login', 'refresh', 'overview']);
  });

  it('says that the session is over, once, and to whom it was not said only in the error', async () => {
    const api = fake(({ url }) => (url.endsWith('login') ? [200, tokens('one')] : [401, { ...expired, code: 'session-ended' }]));
    const ended: string[] = [];
    const client = createClient({ fetch: api.fetch, onSignedOut: (reason) => ended.push(reason.code) });
    expect(await client.auth.restore()).toBeUndefined();
    expect(ended).toEqual([]);
    await client.auth.login({ username: 'ann', password: 'x' });
    await expect(client.sites.list()).rejects.toMatchObject({ status: 401, code: 'session-ended' });
    expect(ended).toEqual(['session-ended']);
  });

  it('keeps the refresh token where there is no cookie jar', async () => {
    let kept: string | undefined;
    const save = (token: string | undefined): void => {
      kept = token;
    };
    const refreshStore = { load: () => kept, save };
    const api = fake(({ url }) => (/login|refresh/.test(url) ? [200, tokens('one'), 'r-1'] : [200, {}]));
    await createClient({ fetch: api.fetch, refreshStore }).auth.login({ username: 'ann', password: 'x' });
    expect(kept).toBe('r-1');
    const later = createClient({ fetch: api.fetch, refreshStore });
    await later.overview();
    expect(api.requests.at(-2)).toMatchObject({ url: '/api/v1/auth/refresh', headers: { cookie: 'kubeplant_refresh=r-1' } });
    await later.auth.logout();
    expect(kept).toBeUndefined();
  });

  it('turns problems, strange answers and silence into ApiErrors that say what to do', async () => {
    const problem = {
      type: 'about:blank',
      title: 'Conflict',
      status: 409,
      code: 'managed-elsewhere',
      detail: 'Flux owns it',
      yaml: 'kind: Device',
    };
    const refused = createClient({ token: 't', fetch: fake(() => [409, problem]).fetch });
    await expect(refused.sites.list()).rejects.toMatchObject({
      name: 'ApiError',
      status: 409,
      code: 'managed-elsewhere',
      problem: { yaml: 'kind: Device' },
    });
    const silent = createClient({
      token: 't',
      baseUrl: 'http://plant',
      fetch: fake(() => Promise.reject(new Error('ECONNREFUSED'))).fetch,
    });
    const error = await silent.sites.list().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({ status: 0, code: 'unreachable', message: expect.stringContaining('http://plant') });
    const html = createClient({ token: 't', fetch: (async () => new Response('<html>', { status: 200 })) as typeof fetch });
    await expect(html.sites.list()).rejects.toMatchObject({ code: 'not-json' });
    const gateway = createClient({
      token: 't',
      fetch: (async () => new Response('<html>', { status: 502, statusText: 'Bad Gateway' })) as typeof fetch,
    });
    await expect(gateway.sites.list()).rejects.toMatchObject({ status: 502, code: 'http-502' });
  });
});
