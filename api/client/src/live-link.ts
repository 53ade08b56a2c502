import { ApiError } from './problem.ts';
import type { ClientMessage, ServerMessage } from './schemas/live.ts';

const silenceMs = 15_000;
const minBackoffMs = 500;
const maxBackoffMs = 15_000;

/** The part of `WebSocket` in use. */
export interface SocketLike {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: never) => void) | null;
  onclose: ((event: never) => void) | null;
  onerror: ((event: never) => void) | null;
  send(text: string): void;
  close(): void;
}

/** `lost`: values are old since then, another try is under way. `stopped`: closed, or nobody is signed in. */
export type LiveState =
  | { readonly kind: 'connecting'; readonly sinceMs: number }
  | { readonly kind: 'live'; readonly sinceMs: number }
  | { readonly kind: 'lost'; readonly sinceMs: number; readonly reason: string; readonly attempt: number }
  | { readonly kind: 'stopped'; readonly sinceMs: number; readonly reason: string };

/** What `createLiveLink` needs. */
export interface LiveLinkDeps {
  readonly baseUrl: string;
  readonly token: () => Promise<string | undefined>;
  readonly wanted: () => { readonly tags: Iterable<string>; readonly alarms: boolean };
  readonly onMessage: (message: ServerMessage) => void;
  readonly onState?: (state: LiveState) => void;
  readonly createSocket?: (url: string) => SocketLike;
  readonly now?: () => number;
}

/** One connection after the other, each told what is wanted. */
export interface LiveLink {
  state(): LiveState;
  /** Path of an id of the present connection. */
  pathOf(id: number): string | undefined;
  /** Send what changed, once per turn. `again` asks for the alarm snapshot anew. */
  wantedChanged(again?: boolean): void;
  close(): void;
}

/** Link with back-off, a silence watch and renewal of the token. */
export function createLiveLink(deps: LiveLinkDeps): LiveLink {
  const now = deps.now ?? Date.now;
  const createSocket = deps.createSocket ?? ((url) => new WebSocket(url));
  const url = `${deps.baseUrl.replace(/^http/, 'ws').replace(/\/+$/, '')}/api/v1/live`;
  let state: LiveState = { kind: 'connecting', sinceMs: now() };
  let socket: SocketLike | undefined;
  let paths = new Map<number, string>();
  let sent = { tags: new Set<string>(), alarms: false };
  let queued = false;
  let reason = 'the connection was closed';
  let timer: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;

  function setState(next: LiveState): void {
    state = next;
    deps.onState?.(next);
  }
  function send(message: ClientMessage): void {
    socket?.send(JSON.stringify(message));
  }
  function stop(why: string): void {
    const open = socket;
    socket = undefined;
    clearTimeout(timer);
    clearTimeout(silence);
    open?.close();
    if (state.kind !== 'stopped') setState({ kind: 'stopped', sinceMs: now(), reason: why });
  }
  function lose(why: string): void {
    if (state.kind === 'stopped') return;
    const attempt = state.kind === 'lost' ? state.attempt + 1 : 1;
    const sinceMs = state.kind === 'live' ? now() : state.sinceMs;
    const open = socket;
    socket = undefined;
    clearTimeout(silence);
    open?.close();
    setState({ kind: 'lost', sinceMs, reason: why, attempt });
    timer = setTimeout(connect, toBackoffMs(attempt));
  }
  function watchSilence(): void {
    clearTimeout(silence);
    silence = setTimeout(() => lose('nothing was heard for 15 s'), silenceMs);
  }
  async function sendToken(on: SocketLike, type: 'hello' | 'token'): Promise<void> {
    const outcome = await fetchToken(deps);
    if (on !== socket) return;
    if (outcome.kind === 'token') send({ type, token: outcome.token });
    else if (outcome.kind === 'signedOut') stop(outcome.reason);
    else lose(outcome.reason);
  }
  function flush(): void {
    queued = false;
    if (state.kind !== 'live') return;
    const { tags, alarms } = deps.wanted();
    const next = { tags: new Set(tags), alarms };
    for (const message of toMessages(sent, next)) send(message);
    sent = next;
  }
  function handleMessage(on: SocketLike, message: ServerMessage): void {
    if (message.type === 'welcome') {
      setState({ kind: 'live', sinceMs: now() });
      flush();
    } else if (message.type === 'tokenExpiring') void sendToken(on, 'token');
    else if (message.type === 'error') reason = message.message;
    else if (message.type === 'subscribed') for (const [path, id] of Object.entries(message.ids)) paths.set(id, path);
    deps.onMessage(message);
  }
  function connect(): void {
    const on = createSocket(url);
    socket = on;
    paths = new Map();
    sent = { tags: new Set(), alarms: false };
    reason = 'the connection was closed';
    watchSilence();
    on.onopen = () => void sendToken(on, 'hello');
    on.onmessage = (event: { data: unknown }) => {
      if (on !== socket) return;
      watchSilence();
      handleMessage(on, JSON.parse(String(event.data)) as ServerMessage); // The schemas of the api are the promise of this shape.
    };
    on.onclose = () => on === socket && lose(reason);
    on.onerror = () => on === socket && lose('the api does not answer');
  }
  connect();
  return {
    state: () => state,
    pathOf: (id) => paths.get(id),
    wantedChanged(again = false) {
      if (again) sent = { ...sent, alarms: false };
      if (queued) return;
      queued = true;
      queueMicrotask(flush);
    },
    close: () => stop('closed'),
  };
}

type TokenOutcome = { kind: 'token'; token: string } | { kind: 'signedOut' | 'unavailable'; reason: string };

async function fetchToken(deps: LiveLinkDeps): Promise<TokenOutcome> {
  try {
    const token = await deps.token();
    return token === undefined ? { kind: 'signedOut', reason: 'nobody is signed in' } : { kind: 'token', token };
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return { kind: 'signedOut', reason: 'the session is over' };
    return { kind: 'unavailable', reason: 'no access token could be had' };
  }
}

interface Wanted {
  readonly tags: ReadonlySet<string>;
  readonly alarms: boolean;
}

/** Messages that lead from what was asked for to what is wanted. */
function toMessages(before: Wanted, after: Wanted): ClientMessage[] {
  const added = [...after.tags].filter((path) => !before.tags.has(path));
  const gone = [...before.tags].filter((path) => !after.tags.has(path));
  const messages: ClientMessage[] = [];
  const stopAlarms = before.alarms && !after.alarms;
  const startAlarms = after.alarms && !before.alarms;
  if (gone.length > 0 || stopAlarms) messages.push({ type: 'unsubscribe', tags: gone, ...(stopAlarms ? { alarms: true } : {}) });
  if (added.length > 0 || startAlarms) messages.push({ type: 'subscribe', tags: added, ...(startAlarms ? { alarms: true } : {}) });
  return messages;
}

const toBackoffMs = (attempt: number): number => Math.min(maxBackoffMs, minBackoffMs * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
