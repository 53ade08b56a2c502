import { createLiveLink, type LiveState, type SocketLike } from './live-link.ts';
import type { Alarm, JournalEntry } from './schemas/alarm.ts';
import type { LiveTuple, ServerMessage } from './schemas/live.ts';

export type { LiveState } from './live-link.ts';

/** Latest value of a tag. `flags` as bits (`Flag` of @kubeplant/words; `Simulated` among them). */
export interface LiveTagValue {
  readonly path: string;
  readonly timeMs: number;
  readonly value: number | string | null;
  readonly status: number;
  readonly flags: number;
}

/** What became of the alarms: `replace` the whole list (a snapshot), else merge by `id` and `version`. */
export interface LiveAlarmChange {
  readonly replace: boolean;
  readonly alarms: readonly Alarm[];
  readonly journal: readonly JournalEntry[];
}

/** What `createLiveClient` takes. */
export interface LiveClientOptions {
  /** `http(s)://host:port`; in a browser `location.origin`. */
  readonly baseUrl: string;
  /** A good access token: `client.accessToken`. Undefined or a 401 ends the client (`stopped`). */
  readonly token: () => Promise<string | undefined>;
  readonly onState?: (state: LiveState) => void;
  readonly createSocket?: (url: string) => SocketLike;
  readonly now?: () => number;
}

/** Live values and alarms over one WebSocket, found again after every loss. */
export interface LiveClient {
  state(): LiveState;
  /** Call `listener` with every new value of these tags (`namespace/device/tag`); returns the way to stop. */
  subscribeTags(paths: readonly string[], listener: (values: readonly LiveTagValue[]) => void): () => void;
  /** Call `listener` with a snapshot, then with every change; returns the way to stop. */
  subscribeAlarms(listener: (change: LiveAlarmChange) => void): () => void;
  /** Last value seen of a subscribed tag; old while the state is not `live`. */
  latest(path: string): LiveTagValue | undefined;
  /** Subscribed tags that do not exist or may not be seen. */
  denied(): ReadonlySet<string>;
  close(): void;
}

/** Live client. Subscriptions outlive the connection; after a loss `state().kind` is `lost` and the last values stay. */
export function createLiveClient(options: LiveClientOptions): LiveClient {
  const tagListeners = new Map<string, Set<(values: readonly LiveTagValue[]) => void>>();
  const alarmListeners = new Set<(change: LiveAlarmChange) => void>();
  const latest = new Map<string, LiveTagValue>();
  const denied = new Set<string>();
  const link = createLiveLink({
    ...options,
    wanted: () => ({ tags: tagListeners.keys(), alarms: alarmListeners.size > 0 }),
    onMessage: handleMessage,
  });
  function handleMessage(message: ServerMessage): void {
    if (message.type === 'subscribed') {
      for (const path of Object.keys(message.ids)) denied.delete(path);
      for (const path of message.denied) denied.add(path);
    } else if (message.type === 'values' || message.type === 'snapshot') {
      deliver(message.values);
      if (message.type === 'snapshot' && message.alarms !== undefined) tellAlarms({ replace: true, alarms: message.alarms, journal: [] });
    } else if (message.type === 'alarm') tellAlarms({ replace: false, alarms: message.alarms, journal: message.journal });
  }
  function tellAlarms(change: LiveAlarmChange): void {
    for (const listener of [...alarmListeners]) listener(change);
  }
  function deliver(tuples: readonly LiveTuple[]): void {
    const batches = new Map<(values: readonly LiveTagValue[]) => void, LiveTagValue[]>();
    for (const [id, timeMs, value, status, flags = 0] of tuples) {
      const path = link.pathOf(id);
      const listeners = path === undefined ? undefined : tagListeners.get(path);
      if (path === undefined || listeners === undefined) continue;
      const entry = { path, timeMs, value, status, flags };
      latest.set(path, entry);
      for (const listener of listeners) batches.set(listener, [...(batches.get(listener) ?? []), entry]);
    }
    for (const [listener, values] of batches) listener(values);
  }
  return {
    state: link.state,
    subscribeTags(paths, listener) {
      const unique = [...new Set(paths)];
      for (const path of unique) tagListeners.set(path, (tagListeners.get(path) ?? new Set()).add(listener));
      const known = unique.flatMap((path) => latest.get(path) ?? []);
      if (known.length > 0) queueMicrotask(() => listener(known));
      link.wantedChanged();
      return () => {
        for (const path of unique) {
          const listeners = tagListeners.get(path);
          listeners?.delete(listener);
          if (listeners?.size !== 0) continue;
          tagListeners.delete(path);
          latest.delete(path);
          denied.delete(path);
        }
        link.wantedChanged();
      };
    },
    subscribeAlarms(listener) {
      alarmListeners.add(listener);
      link.wantedChanged(alarmListeners.size > 1);
      return () => {
        alarmListeners.delete(listener);
        link.wantedChanged();
      };
    },
    latest: (path) => latest.get(path),
    denied: () => denied,
    close: link.close,
  };
}
