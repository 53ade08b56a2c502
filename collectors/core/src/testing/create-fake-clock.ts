import type { Clock } from '../driver.ts';

/** A clock that a test moves. */
export interface FakeClock extends Clock {
  /** Move time forward, running the timers that become due, in order. */
  advance(ms: number): void;
  /** Let time pass while the process stands still: timers become late and run with the next `advance`. */
  stall(ms: number): void;
}

/** A clock that stands still until it is moved; for tests of what core and drivers do over time. */
export function createFakeClock(startUs = 1_700_000_000_000_000): FakeClock {
  let nowMs = 0;
  let nextId = 0;
  const timers = new Map<number, { readonly atMs: number; readonly fn: () => void }>();
  return {
    nowUs: () => startUs + Math.round(nowMs * 1000),
    monotonicMs: () => nowMs,
    setTimer: (delayMs, fn) => {
      const id = nextId++;
      timers.set(id, { atMs: nowMs + Math.max(0, delayMs), fn });
      return () => timers.delete(id);
    },
    stall: (ms) => {
      nowMs += ms;
    },
    advance: (ms) => {
      const endMs = nowMs + ms;
      for (;;) {
        const due = [...timers].filter(([, timer]) => timer.atMs <= endMs).sort(([a, x], [b, y]) => x.atMs - y.atMs || a - b)[0];
        if (!due) break;
        timers.delete(due[0]);
        nowMs = Math.max(nowMs, due[1].atMs);
        due[1].fn();
      }
      nowMs = endMs;
    },
  };
}
