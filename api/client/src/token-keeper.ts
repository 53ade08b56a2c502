import { ApiError, toApiError, toUnreachable } from './problem.ts';
import type { LoginInput, LoginOutput } from './schemas/account.ts';

const cookieName = 'kubeplant_refresh';

/** Where a client without a cookie jar (a command) keeps the refresh token. A browser needs none. */
export interface RefreshStore {
  load(): string | undefined;
  save(token: string | undefined): void;
}

/** Holds the access token in memory and renews it by the refresh cookie. */
export interface TokenKeeper {
  /** False for a token given by the caller. */
  readonly renewable: boolean;
  /** A token good for at least 10 s; undefined when nobody is signed in. */
  access(): Promise<string | undefined>;
  /** A token other than the one that was refused; throws `ApiError` 401 when the session is over. */
  renew(refused?: string): Promise<string>;
  login(input: LoginInput): Promise<LoginOutput>;
  /** Take over the tokens of an answer such as that of a password change. */
  accept(answer: LoginOutput, response?: Response): void;
  forget(): void;
  /** What of the refresh token must be sent by hand. */
  cookieHeader(): Readonly<Record<string, string>>;
}

/** What `createTokenKeeper` needs. */
export interface TokenKeeperDeps {
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly token?: string | undefined;
  readonly refreshStore?: RefreshStore | undefined;
  readonly onSignedOut?: ((reason: ApiError) => void) | undefined;
}

/** Token keeper; concurrent callers share one renewal. */
export function createTokenKeeper(deps: TokenKeeperDeps): TokenKeeper {
  let held = deps.token === undefined ? undefined : { token: deps.token, untilMs: Number.POSITIVE_INFINITY };
  let renewal: Promise<string> | undefined;
  const cookieHeader = (): Record<string, string> => {
    const refresh = deps.refreshStore?.load();
    return refresh === undefined ? {} : { cookie: `${cookieName}=${refresh}` };
  };
  const accept = (answer: LoginOutput, response?: Response): void => {
    held = { token: answer.accessToken, untilMs: deps.now() + answer.expiresIn * 1000 };
    const refresh = response === undefined ? undefined : readRefreshCookie(response);
    if (refresh !== undefined) deps.refreshStore?.save(refresh);
  };
  const forget = (): void => {
    held = undefined;
    deps.refreshStore?.save(undefined);
  };
  const post = async (path: string, body: unknown): Promise<LoginOutput> => {
    const init = {
      method: 'POST',
      credentials: 'same-origin' as const,
      headers: { accept: 'application/json', 'content-type': 'application/json', ...cookieHeader() },
      body: JSON.stringify(body),
    };
    const response = await deps.fetch(`${deps.baseUrl}/api/v1/auth/${path}`, init).catch((cause: unknown) => {
      throw toUnreachable(deps.baseUrl, cause);
    });
    if (!response.ok) throw await toApiError(response);
    const answer = (await response.json()) as LoginOutput; // The schema of the api is the promise of this shape.
    accept(answer, response);
    return answer;
  };
  const renewNow = async (): Promise<string> => {
    const wasSignedIn = held !== undefined;
    try {
      return (await post('refresh', {})).accessToken;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) {
        forget();
        if (wasSignedIn) deps.onSignedOut?.(error);
      }
      throw error;
    }
  };
  const renew = (refused?: string): Promise<string> => {
    if (held !== undefined && refused !== undefined && held.token !== refused) return Promise.resolve(held.token);
    renewal ??= renewNow().finally(() => {
      renewal = undefined;
    });
    return renewal;
  };
  return {
    renewable: deps.token === undefined,
    async access() {
      if (held === undefined) return deps.refreshStore?.load() === undefined ? undefined : renew();
      return held.untilMs - deps.now() > 10_000 ? held.token : renew(held.token);
    },
    renew,
    login: (input) => post('login', input),
    accept,
    forget,
    cookieHeader,
  };
}

function readRefreshCookie(response: Response): string | undefined {
  for (const cookie of response.headers.getSetCookie?.() ?? []) {
    const [pair = ''] = cookie.split(';');
    if (pair.startsWith(`${cookieName}=`)) return pair.slice(cookieName.length + 1) || undefined;
  }
  return undefined;
}
