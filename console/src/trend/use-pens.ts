import type { Tag } from '@kubeplant/api-client';
import { isBad } from '@kubeplant/words';
import { useQueries, useQuery } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import { useClient } from '../app/DepsContext.tsx';
import { useTagStream } from '../live/use-live.ts';
import { buildCurve, type Curve } from './build-curve.ts';
import { fetchHistory, type MeaningChange, type PenHistory, type TimeSpan } from './fetch-curve.ts';
import { type Pen, RANGES, type Span, toWindow } from './trend-state.ts';

/** A pen with all there is to draw and to say about it. */
export interface DrawnPen {
  readonly pen: Pen;
  readonly index: number;
  readonly tag: Tag | undefined;
  readonly curve: Curve;
  readonly source: string;
  /** Spans in which nothing is known, and where the meaning of the values changed. */
  readonly gaps: readonly TimeSpan[];
  readonly changes: readonly MeaningChange[];
  /** True: of the earlier period, drawn beneath. */
  readonly former: boolean;
  readonly loading: boolean;
  readonly error: unknown;
}

interface TailPoint {
  readonly time: string;
  readonly value: number | string | null;
  readonly status: number;
}

const NOTHING: Curve = { times: [], values: [], low: [], high: [], bad: [], stepped: true };
const LIVE_MARGIN_MS = 60_000;
/** A span that ended less than this before history was read is still open. */
const OPEN_MS = 15_000;

/** When it is, until when values are fresh, and how much earlier the period is that is to be drawn over this one (0: this one). */
export interface PenClock {
  readonly nowMs: number;
  readonly freshMs: number;
  readonly offsetMs: number;
}

/** History of every pen, carried on by live values while the trend follows the present. */
export function usePens(pens: readonly Pen[], span: Span, { nowMs, freshMs, offsetMs }: PenClock): readonly DrawnPen[] {
  const client = useClient();
  const paths = pens.map(({ path }) => path);
  const former = offsetMs > 0;
  const live = span.kind === 'live';
  const tags = useQuery({
    queryKey: ['trend-tags', paths],
    enabled: paths.length > 0,
    queryFn: ({ signal }) => client.tags.list({ path: paths, limit: paths.length }, signal).then(({ items }) => items),
    placeholderData: (previous) => previous,
  });
  const spanMs = live ? RANGES[span.range] : span.toMs - span.fromMs;
  const histories = useQueries({
    queries: paths.map((path) => ({
      queryKey: ['trend', path, span, offsetMs],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchHistory(client, path, earlier(toWindow(span, Date.now()), offsetMs), signal),
      staleTime: live ? 0 : 30_000,
      gcTime: 60_000,
      refetchInterval: (query: { state: { data: PenHistory | undefined } }) => (live ? refetchAfter(query.state.data) : (false as const)),
    })),
  });
  const tails = useTails(live && !former ? paths : [], spanMs);
  const window = earlier(toWindow(span, nowMs), offsetMs);
  return pens.map((pen, index) => {
    const history = histories[index];
    const data = history?.data;
    return {
      pen,
      index,
      tag: tags.data?.find(({ path }) => path === pen.path),
      curve: data === undefined ? NOTHING : later(draw(data, tails.get(pen.path) ?? [], window, former ? window.toMs : freshMs), offsetMs),
      source: data === undefined ? '' : describeSource(data),
      gaps: data?.gaps ?? [],
      changes: data?.changes ?? [],
      former,
      loading: history?.isPending ?? false,
      error: history?.error ?? undefined,
    };
  });
}

const earlier = ({ fromMs, toMs }: { fromMs: number; toMs: number }, byMs: number) => ({ fromMs: fromMs - byMs, toMs: toMs - byMs });

/** A curve of an earlier period where this period is drawn. */
function later(curve: Curve, byMs: number): Curve {
  if (byMs === 0) return curve;
  return { ...curve, times: curve.times.map((ms) => ms + byMs), bad: [] };
}

/** Live values carry readings on; buckets are asked for anew when about half of one is over. */
const refetchAfter = (data: PenHistory | undefined): number =>
  data?.plan.kind === 'buckets' ? Math.max(10_000, data.plan.intervalMs / 2) : LIVE_MARGIN_MS;

function describeSource({ plan, source }: PenHistory): string {
  if (plan.kind === 'raw') return 'as stored';
  return `per ${plan.interval}, from ${source === 'raw' ? 'readings' : `sums of ${source}`}`;
}

/** Live values since the page was opened, as long as they may be needed. */
function useTails(paths: readonly string[], spanMs: number): ReadonlyMap<string, readonly TailPoint[]> {
  const tails = useRef(new Map<string, TailPoint[]>());
  const keepMs = Math.min(spanMs, 2 * LIVE_MARGIN_MS) + LIVE_MARGIN_MS;
  useTagStream(paths, (values) => {
    for (const { path, timeMs, value, status } of values) {
      const oldest = Date.now() - keepMs;
      const kept = (tails.current.get(path) ?? []).filter(({ time }) => Date.parse(time) > oldest);
      kept.push({ time: new Date(timeMs).toISOString(), value, status });
      tails.current.set(path, kept);
    }
  });
  return useMemo(() => tails.current, []);
}

function draw(history: PenHistory, tail: readonly TailPoint[], window: { fromMs: number; toMs: number }, freshMs: number): Curve {
  const { plan, readings, before, observed, changes } = history;
  const frame = { before, fromMs: window.fromMs, breaksMs: changes.map(({ atMs }) => atMs) };
  const follows = window.toMs > history.toMs;
  if (plan.kind === 'buckets') {
    const spans = follows ? extend(observed, history.toMs, history.toMs) : observed;
    return buildCurve({ ...frame, readings, observed: spans, toMs: Math.min(window.toMs, history.toMs), intervalMs: plan.intervalMs });
  }
  const lastMs = readings.length === 0 ? Number.NEGATIVE_INFINITY : Date.parse(readings.at(-1)?.time ?? '');
  const newer = tail.filter(({ time }) => Date.parse(time) > lastMs);
  const { status } = newer.at(-1) ?? readings.at(-1) ?? before ?? {};
  const alive = status !== undefined && !isBad(status) && follows;
  const spans = alive ? extend(observed, history.toMs, freshMs) : observed;
  return buildCurve({ ...frame, readings: [...readings, ...newer], observed: spans, toMs: Math.min(window.toMs, freshMs) });
}

/** A span that was open when history was read goes on while live values come. */
function extend(observed: PenHistory['observed'], readMs: number, freshMs: number): PenHistory['observed'] {
  const last = observed.at(-1);
  if (last === undefined || last.untilMs < readMs - OPEN_MS) return observed;
  return [...observed.slice(0, -1), { ...last, untilMs: Math.max(last.untilMs, freshMs) }];
}
