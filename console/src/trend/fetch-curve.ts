import type { Client, Reading, Readings } from '@kubeplant/api-client';
import { parseTagPath } from '@kubeplant/words';
import { type HistoryPlan, toPlan, wantedPoints } from './history-plan.ts';

const LOOK_BACK_MS = 30 * 86_400_000;

/** A span of time. */
export interface TimeSpan {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** The values mean something else from a time on. */
export interface MeaningChange {
  readonly atMs: number;
  /** `m³/h → l/s`. */
  readonly text: string;
}

/** History of a pen in a window. */
export interface PenHistory {
  readonly plan: HistoryPlan;
  readonly readings: readonly Reading[];
  readonly before: Reading | undefined;
  readonly observed: readonly TimeSpan[];
  /** Spans in which nothing is known. */
  readonly gaps: readonly TimeSpan[];
  /** Where the meaning of the values changed. */
  readonly changes: readonly MeaningChange[];
  /** What it was made from: readings, or sums of that size. */
  readonly source: Readings['source'];
  /** Until when it was asked for; live values carry on from there. */
  readonly toMs: number;
}

/** Fetch what a curve needs: readings as stored while they can all be drawn, else buckets; and the value that holds at the beginning. */
export async function fetchHistory(
  client: Client,
  path: string,
  window: { fromMs: number; toMs: number },
  signal: AbortSignal,
): Promise<PenHistory> {
  const key = parseTagPath(path);
  if (key === undefined) throw new Error(`${path} is not namespace/device/tag`);
  const from = new Date(window.fromMs).toISOString();
  const to = new Date(window.toMs).toISOString();
  const lookBack = new Date(window.fromMs - LOOK_BACK_MS).toISOString();
  const [page, before] = await Promise.all([
    client.readings.page({ ...key, from, to, points: wantedPoints(window.toMs - window.fromMs), observed: true }, signal),
    client.readings.page({ ...key, from: lookBack, to: from, limit: 1, order: 'desc', observed: true }, signal),
  ]);
  const observed = toSpans(page.observed);
  return {
    ...{ plan: toPlan(page.interval), readings: page.readings, before: holdsAt(before, observed, window.fromMs), observed },
    ...{ gaps: toSpans(page.gaps), changes: toChanges(page), source: page.source, toMs: window.toMs },
  };
}

const toSpans = (spans: Readings['observed'] = []): TimeSpan[] =>
  spans.map(({ from, until }) => ({ fromMs: Date.parse(from), untilMs: Date.parse(until) }));

/** The earlier reading, as a bucket would have it too, if its value was still confirmed when the window begins. */
function holdsAt({ readings, observed = [] }: Readings, spans: PenHistory['observed'], fromMs: number): Reading | undefined {
  const [reading] = readings;
  if (reading === undefined) return undefined;
  const confirmed =
    (observed.length === 0 && spans.length === 0) || spans.some((span) => span.fromMs <= fromMs + 500 && span.untilMs > fromMs);
  if (!confirmed) return undefined;
  const value = typeof reading.value === 'number' ? reading.value : null;
  return { ...reading, avg: value, min: value, max: value, last: value };
}

const toChanges = ({ revisions = [] }: Readings): MeaningChange[] =>
  revisions.slice(1).map(({ since, unit = '', dataType }, n) => {
    const former = revisions[n];
    const text = former?.unit === unit ? `${former?.dataType} → ${dataType}` : `${former?.unit ?? 'no unit'} → ${unit || 'no unit'}`;
    return { atMs: Date.parse(since), text: former?.unit === unit && former.dataType === dataType ? 'new meaning' : text };
  });
