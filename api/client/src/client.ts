import type { ApiError } from './problem.ts';
import type * as s from './schemas/index.ts';
import { createTokenKeeper, type RefreshStore } from './token-keeper.ts';
import { createTransport, type Query, type Transport } from './transport.ts';
import type { Plural } from './vocabulary.ts';

/** What `createClient` takes. */
export interface ClientOptions {
  /** `http://host:port` without a path; empty in a browser (same origin). */
  readonly baseUrl?: string;
  readonly fetch?: typeof fetch;
  /** A token that needs no renewal, such as that of the local plant; without it use `auth.login` or `auth.restore`. */
  readonly token?: string;
  /** For commands: keeps the refresh token. A browser keeps it as a cookie. */
  readonly refreshStore?: RefreshStore;
  /** The session is over (expired, revoked, signed out elsewhere): show the sign-in page. */
  readonly onSignedOut?: (reason: ApiError) => void;
  readonly now?: () => number;
}

/** A page of rows and how many there are in all. */
export interface List<T> {
  items: T[];
  total: number;
}

/** The api, typed. Every method rejects with `ApiError`. Times are RFC 3339 text. */
export type Client = ReturnType<typeof createClient>;

/**
 * Client of `/api/v1` for the console and the command. Browser-safe.
 *
 * - `auth`: `login`, `restore` (at page load: who is signed in, by the refresh cookie), `me`, `changePassword`, `logout`
 * - `overview`, `sites.list`, `devices.list`, `devices.effective`, `tags.list`, `tags.value`, `rules.list`, `findings.list`
 * - `readings.page` (raw, buckets with `interval`, or as many as can be drawn with `points`), `history.query` (several on one grid), `readings.csv` (a streaming Response), `downloads.create` (URL to navigate to)
 * - `exports.list`, `create` (written in the background), `get`, `cancel`, `remove`, `download` (URL to navigate to), `file` (a part of it)
 * - `alarms.list`, `get`, `acknowledge`, `acknowledgeMany`, `comment` (changed meanwhile: `ApiError` 409 `changed`), `journal.list`, `journal.csv` (a streaming Response), `events.list`
 * - `resources.get`, `put`, `remove` (412 `stale`; 409 `managed-elsewhere` with `problem.yaml`)
 * - `users.*`, `sessions.*`
 * - `accessToken()`: for the live connection
 */
export function createClient(options: ClientOptions = {}) {
  const baseUrl = (options.baseUrl ?? '').replace(/\/+$/, '');
  const doFetch: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const { token, refreshStore, onSignedOut, now = Date.now } = options;
  const tokens = createTokenKeeper({ baseUrl, fetch: doFetch, now, token, refreshStore, onSignedOut });
  const http = createTransport({ baseUrl, fetch: doFetch, tokens });
  const get = <T>(path: string, query?: object, signal?: AbortSignal): Promise<T> =>
    http.json<T>('GET', path, { query: query as Query, signal });
  return {
    baseUrl,
    accessToken: () => tokens.access(),
    auth: {
      login: (input: s.LoginInput) => tokens.login(input),
      async restore(): Promise<s.Me | undefined> {
        if ((await tokens.access().catch(ignoreSignedOut)) === undefined && (await tokens.renew().catch(ignoreSignedOut)) === undefined)
          return undefined;
        return get<s.Me>('auth/me');
      },
      me: () => get<s.Me>('auth/me'),
      async changePassword(body: s.PasswordInput): Promise<s.LoginOutput> {
        const answer = await http.json<s.LoginOutput>('POST', 'auth/password', { body, headers: tokens.cookieHeader() });
        tokens.accept(answer);
        return answer;
      },
      async logout(): Promise<void> {
        const ended = http.json('POST', 'auth/logout', { headers: tokens.cookieHeader() });
        await ended.catch(ignoreSignedOut).finally(() => tokens.forget());
      },
    },
    ...plantMethods(get, http),
    ...alarmMethods(get, http),
    ...accountMethods(get, http),
  };
}

type Get = <T>(path: string, query?: object, signal?: AbortSignal) => Promise<T>;
const part = encodeURIComponent;
const tagUrl = (key: { namespace: string; device: string; tag: string }): string =>
  `namespaces/${part(key.namespace)}/devices/${part(key.device)}/tags/${part(key.tag)}`;

function plantMethods(get: Get, http: Transport) {
  return {
    overview: (input: s.OverviewInput = {}, signal?: AbortSignal) => get<s.Overview>('overview', input, signal),
    sites: { list: (input: s.ListSitesInput = {}, signal?: AbortSignal) => get<List<s.Site>>('sites', input, signal) },
    devices: {
      list: (input: s.ListDevicesInput = {}, signal?: AbortSignal) => get<List<s.Device>>('devices', input, signal),
      effective: (namespace: string, name: string) =>
        get<s.EffectiveDevice>(`namespaces/${part(namespace)}/devices/${part(name)}/effective`),
    },
    tags: {
      list: (input: s.ListTagsInput = {}, signal?: AbortSignal) => get<List<s.Tag>>('tags', input, signal),
      value: (key: s.TagKey, signal?: AbortSignal) => get<s.TagValue>(`${tagUrl(key)}/value`, undefined, signal),
    },
    rules: { list: (input: s.ListRulesInput = {}, signal?: AbortSignal) => get<List<s.Rule>>('rules', input, signal) },
    findings: { list: (input: s.ListFindingsInput = {}, signal?: AbortSignal) => get<List<s.Finding>>('findings', input, signal) },
    readings: {
      page({ namespace, device, tag, ...query }: s.ReadingsInput, signal?: AbortSignal) {
        return get<s.Readings>(`${tagUrl({ namespace, device, tag })}/readings`, query, signal);
      },
      csv({ namespace, device, tag, ...query }: s.ExportReadingsInput, signal?: AbortSignal): Promise<Response> {
        return http.response('GET', `${tagUrl({ namespace, device, tag })}/readings`, { query, signal, headers: { accept: 'text/csv' } });
      },
    },
    history: { query: (body: s.QueryInput, signal?: AbortSignal) => http.json<s.QueryAnswer>('POST', 'query', { body, signal }) },
    exports: {
      list: (input: s.ListExportsInput = {}, signal?: AbortSignal) => get<List<s.Export>>('exports', input, signal),
      create: (body: s.CreateExportInput) => http.json<s.Export>('POST', 'exports', { body }),
      get: (id: string, signal?: AbortSignal) => get<s.Export>(`exports/${part(id)}`, undefined, signal),
      cancel: (id: string) => http.json<s.Export>('POST', `exports/${part(id)}/cancel`),
      remove: (id: string) => http.json('DELETE', `exports/${part(id)}`),
      download: (id: string) => http.json<s.Download>('POST', `exports/${part(id)}/download`),
      file(id: string, range: { readonly from: number; readonly to: number }, signal?: AbortSignal): Promise<Response> {
        const headers = { accept: '*/*', range: `bytes=${range.from}-${range.to - 1}` };
        return http.response('GET', `exports/${part(id)}/file`, { headers, signal });
      },
    },
    downloads: { create: (body: s.CreateDownloadInput) => http.json<s.Download>('POST', 'downloads', { body }) },
    resources: {
      get: (namespace: string, plural: Plural, name: string) => get<s.Resource>(`namespaces/${part(namespace)}/${plural}/${part(name)}`),
      put({ namespace, plural, name, ifMatch, dryRun, resource }: s.PutResourceInput) {
        const path = `namespaces/${part(namespace)}/${plural}/${part(name)}`;
        return http.json<s.EditedResource>('PUT', path, { query: { dryRun }, body: resource, headers: toIfMatch(ifMatch) });
      },
      remove({ namespace, plural, name, ifMatch, dryRun }: s.DeleteResourceInput) {
        const path = `namespaces/${part(namespace)}/${plural}/${part(name)}`;
        return http.json<s.EditedResource>('DELETE', path, { query: { dryRun }, headers: toIfMatch(ifMatch) });
      },
    },
  };
}

function alarmMethods(get: Get, http: Transport) {
  const post = <T>(path: string, body: unknown): Promise<T> => http.json<T>('POST', path, { body });
  return {
    alarms: {
      list: (input: s.ListAlarmsInput = {}, signal?: AbortSignal) => get<List<s.Alarm>>('alarms', input, signal),
      get: (id: string) => get<s.Alarm>(`alarms/${part(id)}`),
      acknowledge: ({ id, ...body }: s.AcknowledgeInput) => post<s.Alarm>(`alarms/${part(id)}/acknowledge`, body),
      comment: ({ id, ...body }: s.CommentInput) => post<s.Alarm>(`alarms/${part(id)}/comment`, body),
      acknowledgeMany: (body: s.AcknowledgeManyInput) => post<s.AcknowledgedMany>('alarms/acknowledge', body),
    },
    journal: {
      list: (input: s.ListJournalInput = {}, signal?: AbortSignal) => get<s.JournalPage>('alarm-journal', input, signal),
      csv: (input: s.ExportJournalInput = {}, signal?: AbortSignal): Promise<Response> =>
        http.response('GET', 'alarm-journal', { query: input as Query, signal, headers: { accept: 'text/csv' } }),
    },
    events: { list: (input: s.ListEventsInput = {}, signal?: AbortSignal) => get<s.EventPage>('events', input, signal) },
  };
}

function accountMethods(get: Get, http: Transport) {
  const nothing = async (method: string, path: string): Promise<void> => {
    await http.json(method, path);
  };
  return {
    users: {
      list: (input: s.ListUsersInput = {}) => get<List<s.User>>('users', input),
      get: (username: string) => get<s.User>(`users/${part(username)}`),
      create: (body: s.CreateUserInput) => http.json<s.CreatedUser>('POST', 'users', { body }),
      update: ({ username, ...body }: s.UpdateUserInput) => http.json<s.User>('PATCH', `users/${part(username)}`, { body }),
      remove: (username: string) => nothing('DELETE', `users/${part(username)}`),
      resetPassword: (username: string) => http.json<{ password: string }>('POST', `users/${part(username)}/reset-password`),
    },
    sessions: {
      list: (input: s.ListSessionsInput = {}) => get<List<s.Session>>('sessions', input),
      revoke: (id: string) => nothing('DELETE', `sessions/${part(id)}`),
    },
  };
}

const toIfMatch = (version: string | undefined): Record<string, string> => (version === undefined ? {} : { 'if-match': `"${version}"` });

function ignoreSignedOut(error: unknown): undefined {
  if ((error as { status?: number }).status === 401) return undefined; // ApiError of an ended session: nobody is signed in.
  throw error;
}
