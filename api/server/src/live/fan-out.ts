import type { LiveHub, LiveValue } from '../ports.ts';

/** Who is told of values: JSON fragments, one a tag, with commas between. */
export interface ValueSubscriber {
  takeFragments(fragments: string): void;
}

/** A tag somebody follows. */
interface Followed {
  readonly id: number;
  readonly subscriptions: Set<Subscription>;
  latest: LiveValue | undefined;
}

/** A subscriber, and what of this tick's text is for it: runs from even to odd offsets. */
interface Subscription {
  readonly subscriber: ValueSubscriber;
  /** How many tags it follows. */
  tags: number;
  readonly runs: number[];
}

/** Values from the hub to subscribers: of each tag the newest, once a tick, written once for all. */
export interface FanOut {
  /** Id of the tag for messages; the same for all while anybody follows it. */
  follow(tenant: string, path: string, subscriber: ValueSubscriber): number;
  leave(tenant: string, path: string, subscriber: ValueSubscriber): void;
  close(): void;
}

/** Subscribers are told at once, and then no sooner than after this. */
export const TICK_MS = 100;

/**
 * Fan-out; the clock runs only while something has changed. A tick writes all that changed into one text, in order of the
 * ids: tags that were followed together have neighbouring ids, so that what a subscriber gets is a few slices of it.
 */
export function createFanOut(hub: LiveHub, nowMs: () => number): FanOut {
  const tenants = new Map<string, Map<string, Followed>>();
  const subscriptions = new Map<ValueSubscriber, Subscription>();
  const changed = new Set<Followed>();
  let lastId = 0;
  let lastTickMs = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tick = (): void => {
    timer = undefined;
    lastTickMs = nowMs();
    const fragments: string[] = [];
    const told = new Set<Subscription>();
    let start = 0;
    for (const followed of [...changed].sort(byId)) {
      if (followed.latest === undefined) continue;
      const fragment = formatFragment(followed.id, followed.latest);
      fragments.push(fragment);
      for (const subscription of followed.subscriptions) {
        addRun(subscription.runs, start, fragment.length);
        if (subscription.runs.length === 2) told.add(subscription);
      }
      start += fragment.length + 1;
    }
    changed.clear();
    const text = fragments.join(',');
    for (const { subscriber, runs } of told) subscriber.takeFragments(takeRuns(text, runs));
  };
  const stop = hub.onValues((values) => {
    for (const value of values) {
      const followed = tenants.get(value.tenant)?.get(value.path);
      if (followed === undefined) continue;
      followed.latest = value;
      changed.add(followed);
    }
    if (changed.size > 0) timer ??= setTimeout(tick, Math.max(0, lastTickMs + TICK_MS - nowMs()));
  });
  const subscriptionOf = (subscriber: ValueSubscriber): Subscription => {
    const known = subscriptions.get(subscriber) ?? { subscriber, tags: 0, runs: [] };
    subscriptions.set(subscriber, known);
    return known;
  };
  return {
    follow(tenant, path, subscriber) {
      const paths = tenants.get(tenant) ?? new Map<string, Followed>();
      tenants.set(tenant, paths);
      let followed = paths.get(path);
      if (followed === undefined) {
        lastId += 1;
        followed = { id: lastId, subscriptions: new Set(), latest: undefined };
        paths.set(path, followed);
      }
      const subscription = subscriptionOf(subscriber);
      if (!followed.subscriptions.has(subscription)) subscription.tags += 1;
      followed.subscriptions.add(subscription);
      return followed.id;
    },
    leave(tenant, path, subscriber) {
      const paths = tenants.get(tenant);
      const followed = paths?.get(path);
      const subscription = subscriptions.get(subscriber);
      if (followed === undefined || subscription === undefined || !followed.subscriptions.delete(subscription)) return;
      subscription.tags -= 1;
      if (subscription.tags === 0) subscriptions.delete(subscriber);
      if (followed.subscriptions.size > 0) return;
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

const byId = (one: Followed, other: Followed): number => one.id - other.id;

/** Take in a fragment: as part of the last run where it follows it, a comma between. */
function addRun(runs: number[], start: number, length: number): void {
  const last = runs.length - 1;
  if (last > 0 && runs[last] === start - 1) runs[last] = start + length;
  else runs.push(start, start + length);
}

/** The text of the runs, which are empty afterwards. */
function takeRuns(text: string, runs: number[]): string {
  const parts: string[] = [];
  for (let index = 0; index < runs.length; index += 2) parts.push(text.slice(runs[index], runs[index + 1]));
  runs.length = 0;
  return parts.join(',');
}

/** `[id, timeMs, value, status]`, and the flags where there are any. */
export function formatFragment(
  id: number,
  { timeUs, value, text, status, flags }: Pick<LiveValue, 'timeUs' | 'value' | 'text' | 'status' | 'flags'>,
): string {
  const shown = JSON.stringify(text ?? value); // NaN and infinity become null
  return `[${id},${Math.floor(timeUs / 1000)},${shown},${status}${flags === 0 ? '' : `,${flags}`}]`;
}
