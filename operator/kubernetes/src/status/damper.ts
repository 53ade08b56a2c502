/** A state as it is shown, and when to look again. */
export interface Damped {
  readonly shown: boolean;
  readonly flapping: boolean;
  readonly lookAgainMs: number | undefined;
}

/** Shows a state that flips only after it has lasted: a link that comes and goes must not fill etcd. */
export interface Damper {
  observe(raw: boolean, nowMs: number): Damped;
}

const BAD_MS = 10_000;
const GOOD_MS = 30_000;
const HOUR_MS = 3_600_000;
const MAX_FLIPS = 6;

/** Bad is shown after 10 s, good after 30 s; more than 6 raw changes in an hour are flapping. The first state is shown at once. */
export function createDamper(): Damper {
  let shown: boolean | undefined;
  let raw: boolean | undefined;
  let sinceMs = 0;
  let flips: number[] = [];
  return {
    observe: (now, nowMs) => {
      if (now !== raw) {
        if (raw !== undefined) flips.push(nowMs);
        raw = now;
        sinceMs = nowMs;
      }
      shown ??= now;
      const dueMs = sinceMs + (now ? GOOD_MS : BAD_MS);
      if (now !== shown && nowMs >= dueMs) shown = now;
      flips = flips.filter((atMs) => nowMs - atMs < HOUR_MS);
      const flapping = flips.length > MAX_FLIPS;
      const waits = [
        ...(now === shown ? [] : [dueMs - nowMs]),
        ...(flapping && flips[0] !== undefined ? [flips[0] + HOUR_MS - nowMs] : []),
      ];
      return { shown, flapping, lookAgainMs: waits.length === 0 ? undefined : Math.max(1, Math.min(...waits)) };
    },
  };
}
