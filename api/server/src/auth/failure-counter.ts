/** Counts failures by key and says how long a key has to wait. */
export interface FailureCounter {
  /** Milliseconds until the next try; 0: now. */
  waitMs(key: string): number;
  add(key: string): void;
  /** One failure less: it was none after all. */
  takeBack(key: string): void;
  forget(key: string): void;
}

interface Count {
  failures: number;
  lastMs: number;
}

const maxEntries = 10_000;
const firstDelayMs = 1000;
const maxDelayMs = 300_000;
const memoryMs = 3_600_000;
/** Entries looked at to make room. */
const lookedAt = 64;

/** Counter: the first `free` failures cost nothing, then the delay doubles from 1 s up to 5 min; an hour after its last delay a key is forgotten. */
export function createFailureCounter(now: () => number, free: number): FailureCounter {
  const counts = new Map<string, Count>();
  const delayMs = ({ failures }: Count): number =>
    failures < free ? 0 : Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(failures - free, 20));
  const endMs = (count: Count): number => count.lastMs + delayMs(count);
  /** Whoever floods with new keys drives out other new keys, not those that are slowed down. */
  const makeRoom = (): void => {
    let looked = 0;
    for (const [key, { failures }] of counts) {
      looked += 1;
      if (failures < free || looked > lookedAt) return void counts.delete(key);
    }
  };
  return {
    waitMs(key) {
      const count = counts.get(key);
      return count === undefined ? 0 : Math.max(0, endMs(count) - now());
    },
    add(key) {
      const known = counts.get(key);
      const failures = known === undefined || now() - endMs(known) > memoryMs ? 0 : known.failures;
      counts.delete(key); // to the end: the oldest are the first to go
      if (counts.size >= maxEntries) makeRoom();
      counts.set(key, { failures: failures + 1, lastMs: now() });
    },
    takeBack(key) {
      const count = counts.get(key);
      if (count === undefined) return;
      if (count.failures <= 1) counts.delete(key);
      else count.failures -= 1;
    },
    forget: (key) => void counts.delete(key),
  };
}
