/** Slows down guessing. In memory of this process and bounded: a restart forgives. */
export interface LoginThrottle {
  /** Milliseconds to wait before another try; 0: go on. */
  waitMs(username: string, address: string): number;
  /** Count a try as failed; `succeeded` takes it back. */
  failed(username: string, address: string): void;
  succeeded(username: string, address: string): void;
}

interface Count {
  failures: number;
  untilMs: number;
}

const maxEntries = 10_000;
const firstDelayMs = 1000;
const maxDelayMs = 300_000;
/** Failures that cost nothing: of one user from one address, from one address, of one user. */
const free = { pair: 3, address: 20, user: 20 } as const;

/** Throttle: beyond the free failures the delay doubles from 1 s up to 5 min; a count is forgotten an hour after its last failure. */
export function createLoginThrottle(now: () => number): LoginThrottle {
  const counts = new Map<string, Count>();
  const keysOf = (username: string, address: string) =>
    [
      [`p ${username} ${address}`, free.pair],
      [`a ${address}`, free.address],
      [`u ${username}`, free.user],
    ] as const;
  const bump = (key: string, allowed: number): void => {
    const nowMs = now();
    const known = counts.get(key);
    const failures = (known === undefined || nowMs - known.untilMs > 3_600_000 ? 0 : known.failures) + 1;
    const over = failures - allowed;
    const delayMs = over < 0 ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(over, 20));
    counts.delete(key); // to the end: the oldest entries are the first to go
    counts.set(key, { failures, untilMs: nowMs + delayMs });
    if (counts.size > maxEntries) counts.delete(counts.keys().next().value ?? key);
  };
  return {
    waitMs(username, address) {
      const waits = keysOf(username, address).map(([key]) => (counts.get(key)?.untilMs ?? 0) - now());
      return Math.max(0, ...waits);
    },
    failed(username, address) {
      for (const [key, allowed] of keysOf(username, address)) bump(key, allowed);
    },
    succeeded(username, address) {
      counts.delete(`p ${username} ${address}`);
      for (const [key, allowed] of keysOf(username, address)) {
        const count = counts.get(key);
        if (count === undefined) continue;
        count.failures -= 1;
        if (count.failures < allowed) count.untilMs = now();
      }
    },
  };
}
