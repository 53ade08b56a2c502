import type { Permission } from '@kubeplant/api-client';
import type { Logger } from '@kubeplant/kit';
import type { Static, TObject, TSchema } from 'typebox';
import type { AccountDeps, RequestOrigin } from '../auth/account-deps.ts';
import type { Authentication } from '../auth/authenticate.ts';
import type { Identity } from '../auth/identity.ts';
import type { LoginThrottle } from '../auth/login-throttle.ts';
import type { LiveHub, Readings, Scope, ScopedClient, Sites, WithScope } from '../ports.ts';
import type { DownloadShelf } from './history/download-shelf.ts';
import type { Plant } from './plant/plant.ts';

/** Who may: anybody, anybody signed in (`self`), or who holds the permission. */
export type ActionPermission = 'public' | 'self' | Permission;

/** What all actions are given; made once, in `app.ts`. */
export interface ActionDeps {
  readonly cluster: string;
  readonly accounts: AccountDeps & { readonly throttle: LoginThrottle };
  readonly authenticate: (token: string) => Promise<Authentication>;
  readonly withScope: WithScope;
  readonly sites: Sites;
  readonly plant: Plant;
  readonly hub: LiveHub;
  readonly readings: Readings;
  readonly downloads: DownloadShelf;
  readonly now: () => number;
  readonly log: Logger;
  /** Documents about the api itself, made when first asked for. */
  readonly openApi: () => unknown;
}

/** The refresh cookie of a request and of its answer. */
export interface RefreshCookie {
  read(): string | undefined;
  write(token: string, expiresAt: Date): void;
  clear(): void;
}

/** One call of an action. */
export interface ActionContext extends ActionDeps {
  readonly requestId: string;
  readonly origin: RequestOrigin;
  readonly cookie: RefreshCookie;
  /** Undefined only in public actions. */
  readonly identity: Identity | undefined;
  /** Where the identity holds the action's permission. */
  readonly scope: Scope;
  /** A transaction bound to where the identity holds the permission; by default the action's. */
  inScope<T>(run: (client: ScopedClient) => Promise<T>, permission?: Permission): Promise<T>;
  /** Where the identity holds another permission. */
  scopeOf(permission: Permission): Scope;
}

/** A stream in place of JSON: `write` sends chunks and waits for each; it rejects when nobody listens any more. */
export interface StreamedOutput {
  /** Whose it is: nobody may hold all places. */
  readonly user: string;
  readonly contentType: string;
  readonly fileName: string;
  /** By default 200. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly write: (send: (chunk: string | Uint8Array) => Promise<void>) => Promise<void>;
}

/** A door into the plant. Everything that can be asked or done is one of these, whatever mounts it. */
export interface Action<I extends TObject = TObject, O extends TSchema = TSchema> {
  /** `area.verb`, unique. */
  readonly name: string;
  readonly summary: string;
  readonly permission: ActionPermission;
  /** True: the session's row is checked and the grants are read anew. Commands and administration do. */
  readonly checksSession: boolean;
  /** True: allowed while the generated password has not been changed. */
  readonly beforePasswordChange: boolean;
  readonly input: I;
  /** Undefined: the output is a stream. */
  readonly output: O | undefined;
  run(ctx: ActionContext, input: Static<I>): Promise<unknown>;
}

type Parts<I extends TObject> = Pick<Action<I>, 'name' | 'summary' | 'permission' | 'input'> &
  Partial<Pick<Action, 'checksSession' | 'beforePasswordChange'>>;

/** Define an action that answers JSON. */
export function defineAction<I extends TObject, O extends TSchema>(
  parts: Parts<I> & { readonly output: O; run(ctx: ActionContext, input: Static<I>): Promise<Static<O>> },
): Action<I, O> {
  return { checksSession: false, beforePasswordChange: false, ...parts };
}

/** Define an action that answers with a stream. */
export function defineStream<I extends TObject>(
  parts: Parts<I> & { run(ctx: ActionContext, input: Static<I>): Promise<StreamedOutput> },
): Action<I> {
  return { checksSession: false, beforePasswordChange: false, output: undefined, ...parts };
}

/** The identity of an action that is not public. */
export function identityOf(ctx: ActionContext): Identity {
  if (ctx.identity === undefined) throw new Error('an action without a signed-in user asked who it is');
  return ctx.identity;
}
