/** Keys to work on: one that is being worked on is not given out again, one added several times is given out once. */
export interface WorkQueue {
  /** `low`: behind everything of normal priority (first lists, resyncs). */
  add(key: string, priority?: 'normal' | 'low'): void;
  addAfter(key: string, delayMs: number): void;
  /** Add again with a delay that doubles with every failure of this key, 5 ms to 5 min. */
  retry(key: string): void;
  /** The key succeeded: its next failure begins with the shortest delay. */
  forget(key: string): void;
  /** The next key; undefined when the queue is closed. Give it back with `done`. */
  next(): Promise<string | undefined>;
  done(key: string): void;
  depth(): number;
  close(): void;
}

/** Timers, so that tests own them. */
export interface QueueClock {
  setTimer(delayMs: number, fn: () => void): () => void;
}

const MIN_MS = 5;
const MAX_MS = 300_000;

export const realClock: QueueClock = {
  setTimer: (delayMs, fn) => {
    const timer = setTimeout(fn, delayMs);
    return () => clearTimeout(timer);
  },
};

export function createWorkQueue(clock: QueueClock = realClock): WorkQueue {
  const normal = new Set<string>();
  const low = new Set<string>();
  const processing = new Set<string>();
  const again = new Set<string>();
  const failures = new Map<string, number>();
  const timers = new Map<string, { readonly dueMs: number; readonly cancel: () => void }>();
  const waiting: ((key: string | undefined) => void)[] = [];
  let closed = false;

  const take = (): string | undefined => {
    for (const keys of [normal, low]) {
      for (const key of keys) {
        keys.delete(key);
        processing.add(key);
        return key;
      }
    }
    return undefined;
  };
  const wake = () => {
    while (waiting.length > 0 && normal.size + low.size > 0) waiting.shift()?.(take());
  };
  const add = (key: string, priority: 'normal' | 'low' = 'normal') => {
    if (closed) return;
    if (processing.has(key)) {
      again.add(key);
      return;
    }
    if (priority === 'low' && normal.has(key)) return;
    if (priority === 'normal') low.delete(key);
    (priority === 'low' ? low : normal).add(key);
    wake();
  };
  const addAfter = (key: string, delayMs: number) => {
    if (closed) return;
    const dueMs = performance.now() + delayMs;
    const pending = timers.get(key);
    if (pending !== undefined && pending.dueMs <= dueMs) return;
    pending?.cancel();
    const cancel = clock.setTimer(delayMs, () => {
      timers.delete(key);
      add(key);
    });
    timers.set(key, { dueMs, cancel });
  };
  return {
    add,
    addAfter,
    retry: (key) => {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      addAfter(key, Math.min(MIN_MS * 2 ** count, MAX_MS));
    },
    forget: (key) => void failures.delete(key),
    next: () => {
      if (closed) return Promise.resolve(undefined);
      const key = take();
      return key === undefined ? new Promise((resolve) => waiting.push(resolve)) : Promise.resolve(key);
    },
    done: (key) => {
      processing.delete(key);
      if (again.delete(key)) add(key);
    },
    depth: () => normal.size + low.size,
    close: () => {
      closed = true;
      for (const { cancel } of timers.values()) cancel();
      timers.clear();
      for (const resolve of waiting.splice(0)) resolve(undefined);
    },
  };
}
