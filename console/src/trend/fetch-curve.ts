import type { Client, Reading, Readings } from '@kubeplant/api-client';
import { parseTagPath } from '@kubeplant/words';
import { planHistory, toBuckets, type HistoryPlan } from './history-plan.ts';

const MAX_READINGS = 20_000;
const LOOK_BACK_MS = 30 * 86_400_000;

/** History of a pen in a window. */
export interface PenHistory {
  readonly plan: HistoryPlan;
  readonly readings: readonly Reading[];
  readonly before: Reading | undefined;
  readonly observed: readonly { readonly fromMs: number; readonly untilMs: number }[];
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
  const read = (plan: HistoryPlan): Promise<Readings> =>
    client.readings.page(
      {
        ...key,
        from,
        to,
        limit: MAX_READINGS,
        observed: true,
        ...(plan.kind === 'raw' ? {} : { interval: plan.interval, aggregate: ['avg', 'min', 'max', 'last', 'count'] }),
      },
      signal,
    );
  const spanMs = window.toMs - window.fromMs;
  const lookBack = new Date(window.fromMs - LOOK_BACK_MS).toISOString();
  const earlier = client.readings.page({ ...key, from: lookBack, to: from, limit: 1, order: 'desc', observed: true }, signal);
  let plan = planHistory(spanMs);
  let [page, before] = await Promise.all([read(plan), earlier]);
  if (plan.kind === 'raw' && page.nextCursor !== undefined) {
    plan = toBuckets(spanMs);
    page = await read(plan);
  }
  const observed = toSpans(page);
  return { plan, readings: page.readings, before: holdsAt(before, observed, window.fromMs), observed, toMs: window.toMs };
}

const toSpans = ({ observed = [] }: Readings): PenHistory['observed'] =>
  observed.map(({ from, until }) => ({ fromMs: Date.parse(from), untilMs: Date.parse(until) }));

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
