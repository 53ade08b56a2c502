const SECONDS = 10;

/** Readings per second over the last 10 whole seconds. */
export interface RateMeter {
  add(count: number, nowMs: number): void;
  perSecond(nowMs: number): number;
}

export function createRateMeter(): RateMeter {
  const counts = new Map<number, number>();
  return {
    add: (count, nowMs) => {
      const second = Math.floor(nowMs / 1000);
      counts.set(second, (counts.get(second) ?? 0) + count);
      for (const old of counts.keys()) if (old < second - SECONDS) counts.delete(old);
    },
    perSecond: (nowMs) => {
      const second = Math.floor(nowMs / 1000);
      let sum = 0;
      for (const [at, count] of counts) if (at < second && at >= second - SECONDS) sum += count;
      return sum / SECONDS;
    },
  };
}
