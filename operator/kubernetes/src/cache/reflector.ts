import type { Logger } from '@kubeplant/kit';
import { createBackoff } from '@kubeplant/kit';
import { ApiError, isApiError } from '../api/api-error.ts';
import { type KubeObject, keyOf, pathOf, type ResourceType } from '../api/kube-object.ts';
import { pause, type Transport } from '../api/transport.ts';
import { readLines } from './read-lines.ts';
import type { Store } from './store.ts';

/** What a reflector needs. Times can be shortened by tests. */
export interface ReflectorDeps<T extends KubeObject> {
  readonly transport: Transport;
  readonly type: ResourceType;
  /** One namespace only; absent: all. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly store: Store<T>;
  /** Make of an object what is worth keeping. */
  readonly ingest: (object: KubeObject) => T;
  readonly log: Logger;
  readonly random?: () => number;
  readonly silenceMs?: number;
  readonly backoffMs?: { readonly minMs: number; readonly maxMs: number };
  readonly onRelist?: (reason: string) => void;
}

/** Keeps a store equal to the API server, whatever happens in between. */
export interface Reflector {
  /** Resolves with the first complete list. */
  readonly synced: Promise<void>;
  isSynced(): boolean;
  /** Time since the server last said anything. */
  silentMs(): number;
  /** Resolves when stopped by the signal given at the start. */
  readonly done: Promise<void>;
}

/** Objects of a page: a Device with 500 tags has 100 kB. */
const PAGE = 50;
/** Bookmarks come every minute: a watch that says nothing for longer is dead. */
const SILENCE_MS = 90_000;
/** A watch that ends sooner and without a word has failed. */
const SHORT_MS = 1000;

/** List, then watch from there with bookmarks; go on at the last version after a break, list again only when that is gone. Never gives up. */
export function startReflector<T extends KubeObject>(deps: ReflectorDeps<T>, signal: AbortSignal): Reflector {
  const { promise: synced, resolve } = Promise.withResolvers<void>();
  const state: State = { version: undefined, lastHeardMs: performance.now(), synced: false };
  const backoff = createBackoff(deps.backoffMs ?? { minMs: 800, maxMs: 30_000 });
  const run = async () => {
    while (!signal.aborted) {
      try {
        if (state.version === undefined) {
          state.version = await listAll(deps, state, signal);
          state.synced = true;
          resolve();
        }
        await watch(deps, state, { signal, onHeard: () => backoff.reset() });
      } catch (error) {
        if (signal.aborted) return;
        await handleFailure(error, deps, state, { delayMs: backoff.next(), signal });
      }
    }
  };
  return { synced, isSynced: () => state.synced, silentMs: () => performance.now() - state.lastHeardMs, done: run() };
}

interface State {
  /** Where to go on; undefined: list first. Opaque. */
  version: string | undefined;
  lastHeardMs: number;
  synced: boolean;
}

interface Failure {
  readonly delayMs: number;
  readonly signal: AbortSignal;
}

async function handleFailure<T extends KubeObject>(
  error: unknown,
  deps: ReflectorDeps<T>,
  state: State,
  { delayMs, signal }: Failure,
): Promise<void> {
  if (isApiError(error, 'Gone')) {
    state.version = undefined;
    deps.onRelist?.('Gone');
  }
  // Both are the server's ordinary ways: it forgets versions, and sends no bookmarks of a kind that never had an event.
  const expected = isApiError(error, 'Gone') || isApiError(error, 'Silent');
  const waitMs = Math.max(error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0, expected ? 0 : delayMs);
  const why = error instanceof Error ? error.message : String(error);
  deps.log[expected ? 'debug' : 'warn']({ kind: deps.type.kind, why, waitMs: Math.round(waitMs) }, 'watch interrupted');
  await pause(waitMs, signal).catch(() => {}); // an abort ends the loop that called
}

async function listAll<T extends KubeObject>(deps: ReflectorDeps<T>, state: State, signal: AbortSignal): Promise<string> {
  const objects: T[] = [];
  let token: string | undefined;
  for (;;) {
    const query = { limit: PAGE, continue: token, labelSelector: deps.labelSelector };
    const page = toList(await deps.transport.request('GET', pathOf(deps.type, scopeOf(deps)), { query, signal }));
    state.lastHeardMs = performance.now();
    for (const item of page.items) objects.push(deps.ingest(complete(item, deps.type)));
    token = page.metadata.continue;
    if (token === undefined || token === '') {
      deps.store.replace(objects);
      return page.metadata.resourceVersion;
    }
  }
}

const scopeOf = ({ namespace }: { readonly namespace?: string | undefined }) => (namespace === undefined ? {} : { namespace });

interface List {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items: readonly KubeObject[];
}

function toList(body: unknown): List {
  const list = body as Partial<List> | null;
  if (typeof list?.metadata?.resourceVersion === 'string' && Array.isArray(list.items)) return list as List;
  throw new ApiError('Unavailable', 'the answer to a list is not a list');
}

/** Items of a list lack apiVersion and kind. */
const complete = (item: KubeObject, type: ResourceType): KubeObject =>
  item.kind === undefined
    ? { ...item, apiVersion: type.group === '' ? type.version : `${type.group}/${type.version}`, kind: type.kind }
    : item;

async function watch<T extends KubeObject>(
  deps: ReflectorDeps<T>,
  state: State,
  { signal, onHeard }: { readonly signal: AbortSignal; readonly onHeard: () => void },
): Promise<void> {
  const silence = new AbortController();
  const silenceMs = deps.silenceMs ?? SILENCE_MS;
  const expire = () => silence.abort(new ApiError('Silent', `the watch said nothing for ${silenceMs} ms`));
  let timer = setTimeout(expire, silenceMs);
  const heard = () => {
    state.lastHeardMs = performance.now();
    clearTimeout(timer);
    timer = setTimeout(expire, silenceMs);
  };
  const startMs = performance.now();
  let lines = 0;
  try {
    const timeoutSeconds = Math.round(240 + (deps.random ?? Math.random)() * 60);
    const query = {
      watch: 1,
      allowWatchBookmarks: true,
      resourceVersion: state.version,
      timeoutSeconds,
      labelSelector: deps.labelSelector,
    };
    const body = await deps.transport.stream(pathOf(deps.type, scopeOf(deps)), {
      query,
      signal: AbortSignal.any([signal, silence.signal]),
    });
    heard();
    for await (const line of readLines(body)) {
      lines++;
      heard();
      handleEvent(parseEvent(line), deps, state);
      onHeard();
    }
    if (lines === 0 && performance.now() - startMs < SHORT_MS) throw new ApiError('Unavailable', 'the watch ended at once');
  } finally {
    clearTimeout(timer);
  }
}

interface WatchEvent {
  readonly type: string;
  readonly object: KubeObject & { readonly code?: number; readonly message?: string };
}

function parseEvent(line: string): WatchEvent {
  try {
    return JSON.parse(line) as WatchEvent; // the API server's own format; a wrong type falls through in handleEvent
  } catch (cause) {
    throw new ApiError('Unavailable', 'the watch was cut within an event', { cause });
  }
}

function handleEvent<T extends KubeObject>({ type, object }: WatchEvent, deps: ReflectorDeps<T>, state: State): void {
  if (type === 'ERROR') {
    throw new ApiError(object.code === 410 ? 'Gone' : 'Unavailable', `watch: ${object.code} ${object.message ?? ''}`);
  }
  if (type === 'ADDED' || type === 'MODIFIED') deps.store.put(deps.ingest(object));
  else if (type === 'DELETED') deps.store.remove(keyOf(object));
  else if (type !== 'BOOKMARK') throw new ApiError('Unavailable', `watch: unknown event ${type}`);
  state.version = object.metadata.resourceVersion ?? state.version;
}
