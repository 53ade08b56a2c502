/** Growing delays between attempts. */
export interface Backoff {
  /** Delay before the next attempt, milliseconds: grows up to the maximum, with a random part of one half. */
  next(): number;
  /** An attempt succeeded: begin at the minimum again. */
  reset(): void;
}

/** Exponential back-off with jitter; `random` returns 0…1. */
export function createBackoff({
  minMs,
  maxMs,
  growth = 2,
  random = Math.random,
}: {
  readonly minMs: number;
  readonly maxMs: number;
  /** From one delay to the next. */
  readonly growth?: number;
  readonly random?: () => number;
}): Backoff {
  let currentMs = minMs;
  return {
    next: () => {
      const delayMs = currentMs * (0.5 + random() / 2);
      currentMs = Math.min(currentMs * growth, maxMs);
      return delayMs;
    },
    reset: () => {
      currentMs = minMs;
    },
  };
}
