import type { Clock } from './driver.ts';

/** Call `fn` every `everyMs`; returns the function that ends it. */
export function repeat(clock: Pick<Clock, 'setTimer'>, everyMs: number, fn: () => void): () => void {
  let cancel = clock.setTimer(everyMs, tick);
  function tick(): void {
    cancel = clock.setTimer(everyMs, tick);
    fn();
  }
  return () => cancel();
}
