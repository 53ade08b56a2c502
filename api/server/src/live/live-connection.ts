import type { ClientMessage, ServerMessage } from '@kubeplant/api-client';
import type { Static } from 'typebox';
import type { ActionDeps } from '../actions/action.ts';
import { ActionError } from '../actions/action-error.ts';
import { subscribe, type SubscribeOutput, toLatestTuple } from '../actions/live/subscribe.ts';
import { type Call, runAction } from '../actions/run-action.ts';
import { covers, type Identity, toScope } from '../auth/identity.ts';
import type { FanOut } from './fan-out.ts';
import { identify } from './identify.ts';
import { createOutbox, type LiveSocket, type Outbox } from './outbox.ts';
import { parseMessage } from './parse-message.ts';
import { createTokenWatch, type TokenWatch } from './token-watch.ts';

/** Tags a client may follow at once. */
export const MAX_TAGS = 5000;
const beatMs = 5000;

type Subscribed = Static<typeof SubscribeOutput>;

/** What a connection needs. */
export interface LiveDeps extends ActionDeps {
  readonly fanOut: FanOut;
  /** How long it waits for hello. */
  readonly helloMs: number;
  /** It has said who it is. */
  readonly onIdentified: (connection: LiveConnection) => void;
  readonly onEnded: (connection: LiveConnection) => void;
}

/** One client of the live channel. It waits for hello; its messages are handled one after the other. */
export class LiveConnection {
  readonly #deps: LiveDeps;
  readonly #socket: LiveSocket;
  readonly #call: Omit<Call, 'token'>;
  readonly #tags = new Map<string, { readonly tenant: string; readonly id: number }>();
  readonly #outbox: Outbox;
  readonly #watch: TokenWatch;
  readonly #hello: ReturnType<typeof setTimeout>;
  readonly #beat: ReturnType<typeof setInterval>;
  #identity: Identity | undefined;
  #token: string | undefined;
  /** Messages held back until the snapshot is out. */
  #alarms: 'off' | 'on' | string[] = 'off';
  #closed = false;
  #work = Promise.resolve();

  constructor(deps: LiveDeps, socket: LiveSocket, call: Omit<Call, 'token'>) {
    this.#deps = deps;
    this.#socket = socket;
    this.#call = call;
    this.#outbox = createOutbox(socket, {
      now: deps.now,
      onTooSlow: () => this.end('too-slow', 'The client does not read as fast as values come.', 1013),
      onCaughtUp: () => void this.#enqueue(async () => this.#sendSnapshot(await this.#ask([...this.#tags.keys()], false))),
    });
    this.#watch = createTokenWatch({
      now: deps.now,
      onExpiring: (expiresIn) => this.#send({ type: 'tokenExpiring', expiresIn }),
      onExpired: () => this.end('token-expired', 'The access token has expired; connect again with a new one.', 4401),
    });
    const late = `The first message must be hello, within ${deps.helloMs / 1000} s.`;
    this.#hello = setTimeout(() => this.end('hello-timeout', late, 4408), deps.helloMs);
    this.#beat = setInterval(() => this.#identity !== undefined && this.#outbox.beat(), beatMs);
  }

  /** Session it was opened in; undefined before hello and for the local command. */
  get sessionId(): string | undefined {
    return this.#identity?.sessionId;
  }

  /** Whose it is; undefined before hello. */
  get userId(): string | undefined {
    return this.#identity?.userId;
  }

  /** Resolves when the message has its answer. */
  handleMessage(text: string): Promise<void> {
    return this.#enqueue(() => this.#handle(parseMessage(text)));
  }

  handleClosed(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#deps.onEnded(this);
    clearTimeout(this.#hello);
    clearInterval(this.#beat);
    this.#watch.stop();
    this.#outbox.close();
    this.#leave([...this.#tags.keys()]);
  }

  /** Tell of alarms of a site; `text` is written once for all clients. */
  takeAlarms(place: { readonly tenant: string; readonly site: string }, text: string): void {
    if (this.#closed || this.#alarms === 'off' || this.#identity === undefined) return;
    if (!covers(toScope(this.#identity, 'read', this.#deps.cluster), place.tenant, place.site)) return;
    if (this.#alarms === 'on') this.#outbox.send(text);
    else this.#alarms.push(text);
  }

  /** Say why, then close. */
  end(code: string, message: string, closeCode: number): void {
    if (this.#closed) return;
    this.handleClosed();
    this.#socket.send(JSON.stringify({ type: 'error', code, message } satisfies ServerMessage));
    this.#socket.close(closeCode, code);
  }

  #handle(message: ClientMessage): void | Promise<void> {
    if (message.type === 'hello' || message.type === 'token') return this.#takeToken(message.token);
    if (this.#identity === undefined)
      throw new ActionError({ status: 401, code: 'hello-first', detail: 'The first message must be hello with an access token.' });
    if (message.type === 'subscribe') return this.#follow([...new Set(message.tags)], message.alarms === true);
    this.#leave(message.tags ?? []);
    if (message.alarms === true) this.#alarms = 'off';
    this.#send({ type: 'unsubscribed', tags: message.tags ?? [], alarms: this.#alarms !== 'off' });
  }

  async #takeToken(token: string): Promise<void> {
    const identity = await identify(this.#deps, token);
    const known = this.#identity;
    if (known !== undefined && known.userId !== identity.userId) {
      throw new ActionError({ status: 401, code: 'other-user', detail: 'The token is another user’s; open a new connection.' });
    }
    if (this.#closed) return;
    clearTimeout(this.#hello);
    this.#identity = identity;
    this.#token = token;
    this.#watch.until(identity.expiresAtMs);
    const expiresIn = identity.expiresAtMs === undefined ? {} : { expiresIn: Math.round((identity.expiresAtMs - this.#deps.now()) / 1000) };
    if (known !== undefined) return this.#checkGrants();
    this.#send({ type: 'welcome', username: identity.username, ...expiresIn });
    this.#deps.onIdentified(this);
  }

  /** With a new token the grants may be others. */
  async #checkGrants(): Promise<void> {
    const { denied } = await this.#ask([...this.#tags.keys()], false);
    this.#leave(denied);
    if (denied.length > 0) this.#send({ type: 'subscribed', ids: {}, denied, alarms: this.#alarms !== 'off' });
  }

  async #follow(paths: readonly string[], alarms: boolean): Promise<void> {
    if (paths.filter((path) => !this.#tags.has(path)).length + this.#tags.size > MAX_TAGS) {
      throw new ActionError({
        status: 400,
        code: 'too-many-tags',
        detail: `A client may follow ${MAX_TAGS} tags at most; unsubscribe from some first.`,
      });
    }
    if (alarms) this.#alarms = [];
    const answer = await this.#ask(paths, alarms);
    if (this.#closed) return;
    for (const { tenant, path } of answer.granted)
      this.#tags.set(path, { tenant, id: this.#deps.fanOut.follow(tenant, path, this.#outbox) });
    const ids = Object.fromEntries(answer.granted.map(({ path }) => [path, this.#tags.get(path)?.id ?? 0]));
    this.#send({ type: 'subscribed', ids, denied: answer.denied, alarms: this.#alarms !== 'off' });
    this.#sendSnapshot(answer);
    if (!alarms) return;
    for (const text of Array.isArray(this.#alarms) ? this.#alarms : []) this.#outbox.send(text);
    this.#alarms = 'on';
  }

  /** Values as they are at this moment: what came while the answer was made must not be followed by what was before it. */
  #sendSnapshot({ granted, alarms }: Subscribed): void {
    const values = granted.flatMap(({ tenant, path, latest: stored }) => {
      const id = this.#tags.get(path)?.id;
      const live = this.#deps.hub.latest(tenant, path);
      const latest = live === undefined ? stored : toLatestTuple({ ...live, value: live.text ?? live.value });
      return latest === undefined || id === undefined ? [] : [[id, ...latest] satisfies [number, ...typeof latest]];
    });
    this.#send({ type: 'snapshot', values, ...(alarms === undefined ? {} : { alarms }) });
  }

  async #ask(tags: readonly string[], alarms: boolean): Promise<Subscribed> {
    const answer = await runAction(this.#deps, subscribe, { ...this.#call, token: this.#token }, { tags: [...tags], alarms });
    return answer as Subscribed; // What this action's run returns.
  }

  #leave(paths: readonly string[]): void {
    for (const path of paths) {
      const tag = this.#tags.get(path);
      if (tag !== undefined) this.#deps.fanOut.leave(tag.tenant, path, this.#outbox);
      this.#tags.delete(path);
    }
  }

  #send(message: ServerMessage): void {
    if (!this.#closed) this.#outbox.send(JSON.stringify(message));
  }

  #enqueue(step: () => void | Promise<void>): Promise<void> {
    this.#work = this.#work.then(() => (this.#closed ? undefined : step())).catch((error: unknown) => this.#fail(error));
    return this.#work;
  }

  #fail(error: unknown): void {
    if (error instanceof ActionError) {
      this.end(error.code, error.message, error.status === 401 || error.status === 403 ? 4401 : 4400);
      return;
    }
    this.#deps.log.warn({ err: error, request: this.#call.requestId }, 'a live connection could not be answered');
    this.end('unavailable', 'The plant cannot answer just now; connect again in a moment.', 1013);
  }
}
