import { pause } from '../api/transport.ts';

/** At most so many at once; the others wait in order. */
export interface Gate {
  run<T>(task: () => Promise<T>): Promise<T>;
}

export function createGate(width: number): Gate {
  let free = width;
  const waiting: (() => void)[] = [];
  return {
    run: async (task) => {
      if (free > 0) free--;
      else await new Promise<void>((resolve) => waiting.push(resolve));
      try {
        return await task();
      } finally {
        const next = waiting.shift();
        if (next === undefined) free++;
        else next();
      }
    },
  };
}

/** Spaces calls so that at most `perSecond` begin each second, after a burst of as many. */
export function createPacer(perSecond: number, nowMs: () => number = () => performance.now()): { turn(): Promise<void> } {
  const stepMs = 1000 / perSecond;
  let nextMs = 0;
  return {
    turn: async () => {
      const at = nowMs();
      nextMs = Math.max(nextMs, at - 1000) + stepMs;
      const waitMs = nextMs - at;
      if (waitMs > 0) await pause(waitMs);
    },
  };
}
