import type { CounterRules } from './summary.ts';

/**
 * What a counter has counted from one good reading to the next. A smaller value is a rollover or a reset: with both
 * possible it is a rollover when less than half the range would have been counted. After a reset the count is the new
 * value. Where neither is possible nothing was counted.
 */
export function countIncrease(before: number, after: number, { rollover, resets }: CounterRules): number {
  if (after >= before) return after - before;
  const rolled = rollover === undefined ? undefined : rollover - before + after;
  if (rolled !== undefined && rolled >= 0 && (resets === 'Forbidden' || rolled < (rollover ?? 0) / 2)) return rolled;
  return resets === 'Allowed' ? Math.max(0, after) : 0;
}
