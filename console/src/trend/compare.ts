import { parseLocalTime, toFieldValue } from '../format/time.ts';

/** Periods that a trend can be compared with. */
export const COMPARISONS = { '1h': 'an hour before', '1d': 'a day before', '7d': 'a week before', '364d': 'a year before' } as const;
/** A period before. */
export type Comparison = keyof typeof COMPARISONS;

export const isComparison = (text: string): text is Comparison => Object.hasOwn(COMPARISONS, text);

const DAY_MS = 86_400_000;

/** How much earlier the other period begins, milliseconds; days are those of the site, so that eight o’clock lies over eight o’clock. */
export function offsetOf(comparison: Comparison, fromMs: number, timeZone: string): number {
  if (comparison === '1h') return 3_600_000;
  const days = Number.parseInt(comparison, 10);
  const second = Math.floor(fromMs / 1000) * 1000;
  const local = Date.parse(`${toFieldValue(second, timeZone)}Z`) - days * DAY_MS;
  return second - (parseLocalTime(new Date(local).toISOString().slice(0, 19), timeZone) ?? second - days * DAY_MS);
}
