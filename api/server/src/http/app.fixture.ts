import { generateKeyPairSync } from 'node:crypto';
import { createLogger } from '@kubeplant/kit';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { expect } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../../e2e/src/databases/test-database.ts';
import type { Action } from '../actions/action.ts';
import { validateOutput } from '../actions/validate-input.ts';
import { buildApp } from '../app.ts';
import { createFirstAdmin } from '../auth/users.ts';
import { toSigningKeys } from '../auth/signing-keys.ts';
import { startTestApi, type TestApi } from '../owner/api.fixture.ts';

/** An answer of the api, parsed. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever came back
  readonly body: any;
  readonly headers: Record<string, unknown>;
  /** Value of the refresh cookie that was set; '' where it was cleared. */
  readonly cookie: string | undefined;
}

/** The whole api on a database of its own, with a clock that tests move. */
export interface TestApp {
  readonly app: FastifyInstance;
  readonly api: TestApi;
  readonly database: TestDatabase;
  readonly clock: { ms: number };
  readonly adminPassword: string;
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** Sign in; the access token and the refresh cookie. */
  login(username: string, password: string): Promise<{ token: string; cookie: string }>;
  /** A token of an administrator who has changed the generated password. */
  admin(): Promise<string>;
  /** While broken, requests find no database. */
  breakDatabase(broken: boolean): void;
  /** Until `go`, what requests ask of the database waits. */
  holdDatabase(): { waiting(): number; go(): void };
  close(): Promise<void>;
}

interface AskOptions {
  readonly token?: string;
  readonly cookie?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  readonly address?: string;
}

export const ADMIN_PASSWORD = 'correct horse battery';
export const CLI_TOKEN = 'token-of-the-local-command';

/** Start it; every answer is held against its action's schema. */
export async function startTestApp(engine: 'plain' | 'timescale' = 'plain'): Promise<TestApp> {
  const database = await createTestDatabase(engine);
  const api = await startTestApi(database.url);
  const clock = { ms: Date.now() };
  const keys = await toSigningKeys(generateKeyPairSync('ed25519').privateKey);
  const { withScope, readings } = api.store;
  const now = (): number => clock.ms;
  let adminPassword = '';
  await createFirstAdmin({ withScope, now }, async (password) => {
    adminPassword = password;
  });
  const { sites, hub } = api;
  const log = createLogger({ name: 'test', level: 'silent' });
  let broken = false;
  let held: Promise<void> | undefined;
  let waiting = 0;
  const app = await buildApp({
    cluster: 'local',
    version: '0',
    withScope: async (scope, run) => {
      if (broken) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      waiting += 1;
      await held;
      waiting -= 1;
      return withScope(scope, run);
    },
    readings,
    sites,
    hub,
    keys,
    now,
    log,
    cliToken: CLI_TOKEN,
    checkOutput,
  });
  const ask = async (method: string, path: string, options: AskOptions = {}): Promise<Answer> =>
    toAnswer(await app.inject(toInject(method, path, options)));
  const login = async (username: string, password: string) => {
    const answer = await ask('POST', '/auth/login', { body: { username, password } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return { token: answer.body.accessToken as string, cookie: answer.cookie ?? '' };
  };
  let changed = false;
  const admin = async (): Promise<string> => {
    if (changed) return (await login('admin', ADMIN_PASSWORD)).token;
    const { token } = await login('admin', adminPassword);
    const answer = await ask('POST', '/auth/password', { token, body: { oldPassword: adminPassword, newPassword: ADMIN_PASSWORD } });
    changed = true;
    return answer.body.accessToken;
  };
  const close = async (): Promise<void> => {
    await app.close();
    await api.stop();
    await database.drop();
  };
  const breakDatabase = (next: boolean): void => {
    broken = next;
  };
  const holdDatabase = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    held = promise;
    return { waiting: () => waiting, go: resolve };
  };
  return { app, api, database, clock, adminPassword, ask, login, admin, breakDatabase, holdDatabase, close };
}

function checkOutput(action: Action, output: unknown): void {
  const problems = action.output === undefined ? [] : validateOutput(action.output, output);
  if (problems.length > 0) throw new Error(`${action.name} answers what its schema does not say: ${JSON.stringify(problems)}`);
}

function toInject(method: string, path: string, { token, cookie, body, headers, address }: AskOptions): InjectOptions {
  return {
    method: method as 'GET', // Any method of the table of mounts.
    url: path.startsWith('/.') || path.startsWith('/api') ? path : `/api/v1${path}`,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(cookie === undefined ? {} : { cookie: `kubeplant_refresh=${cookie}` }),
      ...headers,
    },
    ...(body === undefined ? {} : { payload: body as object }),
    ...(address === undefined ? {} : { remoteAddress: address }),
  };
}

function toAnswer(response: Awaited<ReturnType<FastifyInstance['inject']>> & { statusCode: number }): Answer {
  const json = /json/.test(String(response.headers['content-type']));
  const cookie = response.cookies.find((one) => one.name === 'kubeplant_refresh')?.value;
  return { status: response.statusCode, body: json ? JSON.parse(response.body) : response.body, headers: response.headers, cookie };
}
