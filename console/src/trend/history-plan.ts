import { parseDuration } from '@kubeplant/words';

/** How history came: as stored, or in buckets. */
export type HistoryPlan = { readonly kind: 'raw' } | { readonly kind: 'buckets'; readonly intervalMs: number; readonly interval: string };

const RAW_UP_TO_MS = 3_600_000;
/** Every reading of an hour that comes once a second. */
const MANY = 5_000;
const FEW = 800;

/** How many points to ask for: so many that an hour may be drawn as stored and carried on by live values; beyond it about as many as there are pixels. */
export const wantedPoints = (spanMs: number): number => (spanMs <= RAW_UP_TO_MS ? MANY : FEW);

/** What an answer is: its `interval` is a duration or days of the site. */
export function toPlan(interval: string | undefined): HistoryPlan {
  if (interval === undefined) return { kind: 'raw' };
  const [, days] = /^(\d+)d$/.exec(interval) ?? [];
  const intervalMs = days === undefined ? (parseDuration(interval) ?? 0) : Number(days) * 86_400_000;
  return { kind: 'buckets', intervalMs, interval };
}
