import type { Clock } from './driver.ts';

const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * The machine's clocks. `nowUs` has microseconds from the monotonic clock and never leaves the wall clock's millisecond,
 * so steps and slewing of the wall clock are followed.
 */
export function createClock(): Clock {
  let offsetUs = Date.now() * 1000 - performance.now() * 1000;
  return {
    nowUs: () => {
      const wallUs = Date.now() * 1000;
      const guessUs = performance.now() * 1000 + offsetUs;
      if (guessUs < wallUs) offsetUs += wallUs - guessUs;
      else if (guessUs > wallUs + 999) offsetUs -= guessUs - (wallUs + 999);
      else return Math.floor(guessUs);
      return Math.floor(guessUs < wallUs ? wallUs : wallUs + 999);
    },
    monotonicMs: () => performance.now(),
    setTimer: (delayMs, fn) => {
      const timer = setTimeout(fn, Math.min(Math.max(0, delayMs), LONGEST_TIMER_MS));
      return () => clearTimeout(timer);
    },
  };
}
