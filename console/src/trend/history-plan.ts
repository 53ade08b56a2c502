import { formatDuration } from '@kubeplant/words';

/** How history is asked for: as stored, or in buckets. */
export type HistoryPlan = { readonly kind: 'raw' } | { readonly kind: 'buckets'; readonly intervalMs: number; readonly interval: string };

const RAW_UP_TO_MS = 3_600_000;
const WANTED_BUCKETS = 500;
const SIZES_MS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400].map((seconds) => seconds * 1000);

/** Readings as stored up to an hour; beyond it as many buckets as there are points to draw. */
export const planHistory = (spanMs: number): HistoryPlan => (spanMs <= RAW_UP_TO_MS ? { kind: 'raw' } : toBuckets(spanMs));

/** Buckets whatever the span: for a tag with more readings than can be drawn. */
export function toBuckets(spanMs: number): HistoryPlan {
  const intervalMs = SIZES_MS.find((size) => spanMs / size <= WANTED_BUCKETS) ?? 86_400_000;
  return { kind: 'buckets', intervalMs, interval: formatDuration(intervalMs) };
}
