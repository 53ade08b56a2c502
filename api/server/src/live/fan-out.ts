import type { LiveHub, LiveValue } from '../ports.ts';

/** Who is told of values. `fragments` are JSON, one a tag, shared by all subscribers. */
export interface ValueSubscriber {
  takeFragments(fragments: readonly string[]): void;
}

/** A tag somebody follows. */
interface Followed {
  readonly id: number;
  readonly subscribers: Set<ValueSubscriber>;
  latest: LiveValue | undefined;
}

/** Values from the hub to subscribers: of each tag the newest, once a tick, written once for all. */
export interface FanOut {
  /** Id of the tag for messages; the same for all while anybody follows it. */
  follow(tenant: string, path: string, subscriber: ValueSubscriber): number;
  leave(tenant: string, path: string, subscriber: ValueSubscriber): void;
  close(): void;
}

/** How often subscribers are told. */
export const TICK_MS = 100;

/** Fan-out; the clock runs only while something has changed. */
export function createFanOut(hub: LiveHub): FanOut {
  const tenants = new Map<string, Map<string, Followed>>();
  const changed = new Set<Followed>();
  let lastId = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = (): void => {
    timer = undefined;
    const batches = new Map<ValueSubscriber, string[]>();
    for (const followed of changed) {
      const fragment = followed.latest === undefined ? undefined : formatFragment(followed.id, followed.latest);
      if (fragment === undefined) continue;
      for (const subscriber of followed.subscribers) {
        const batch = batches.get(subscriber);
        if (batch === undefined) batches.set(subscriber, [fragment]);
        else batch.push(fragment);
      }
    }
    changed.clear();
    for (const [subscriber, fragments] of batches) subscriber.takeFragments(fragments);
  };
  const stop = hub.onValues((values) => {
    for (const value of values) {
      const followed = tenants.get(value.tenant)?.get(value.path);
      if (followed === undefined) continue;
      followed.latest = value;
      changed.add(followed);
    }
    if (changed.size > 0) timer ??= setTimeout(tick, TICK_MS);
  });
  return {
    follow(tenant, path, subscriber) {
      const paths = tenants.get(tenant) ?? new Map<string, Followed>();
      tenants.set(tenant, paths);
      let followed = paths.get(path);
      if (followed === undefined) {
        lastId += 1;
        followed = { id: lastId, subscribers: new Set(), latest: undefined };
        paths.set(path, followed);
      }
      followed.subscribers.add(subscriber);
      return followed.id;
    },
    leave(tenant, path, subscriber) {
      const paths = tenants.get(tenant);
      const followed = paths?.get(path);
      followed?.subscribers.delete(subscriber);
      if (followed === undefined || followed.subscribers.size > 0) return;
      changed.delete(followed);
      paths?.delete(path);
      if (paths?.size === 0) tenants.delete(tenant);
    },
    close() {
      stop();
      clearTimeout(timer);
    },
  };
}

/** `[id, timeMs, value, status]`, and the flags where there are any. */
export function formatFragment(
  id: number,
  { timeUs, value, text, status, flags }: Pick<LiveValue, 'timeUs' | 'value' | 'text' | 'status' | 'flags'>,
): string {
  const shown = JSON.stringify(text ?? value); // NaN and infinity become null
  return `[${id},${Math.floor(timeUs / 1000)},${shown},${status}${flags === 0 ? '' : `,${flags}`}]`;
}
