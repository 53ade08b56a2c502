import { parseTagPath } from '@kubeplant/words';
import { type Comparison, isComparison } from './compare.ts';

/** Pens a trend takes. */
export const MAX_PENS = 8;

/** Spans that follow the present. */
export const RANGES = { '5m': 300_000, '1h': 3_600_000, '8h': 28_800_000, '24h': 86_400_000, '7d': 604_800_000 } as const;
/** Name of a span that follows the present. */
export type RangeName = keyof typeof RANGES;

/** One curve. */
export interface Pen {
  readonly path: string;
  readonly axis: 'left' | 'right';
}

/** What is shown of time: the last hour, say, moving on; or a fixed span. */
export type Span =
  | { readonly kind: 'live'; readonly range: RangeName }
  | { readonly kind: 'fixed'; readonly fromMs: number; readonly toMs: number };

/** All that makes a trend; it is in the address, so a link shows the same. */
export interface TrendState {
  readonly pens: readonly Pen[];
  readonly span: Span;
  /** Drawn beneath: the same tags in an earlier period. */
  readonly compare?: Comparison | undefined;
}

export function parseTrendState(params: URLSearchParams): TrendState {
  const right = new Set((params.get('right') ?? '').split(','));
  const paths = [...new Set((params.get('pens') ?? '').split(','))].filter((path) => parseTagPath(path) !== undefined);
  const pens = paths.slice(0, MAX_PENS).map((path): Pen => ({ path, axis: right.has(path) ? 'right' : 'left' }));
  const compare = params.get('compare') ?? '';
  return { pens, span: parseSpan(params), ...(isComparison(compare) ? { compare } : {}) };
}

export function formatTrendState({ pens, span, compare }: TrendState): Record<string, string> {
  const right = pens.filter(({ axis }) => axis === 'right');
  return {
    ...(pens.length === 0 ? {} : { pens: pens.map(({ path }) => path).join(',') }),
    ...(right.length === 0 ? {} : { right: right.map(({ path }) => path).join(',') }),
    ...(compare === undefined ? {} : { compare }),
    ...(span.kind === 'live'
      ? { range: span.range }
      : { from: new Date(span.fromMs).toISOString(), to: new Date(span.toMs).toISOString() }),
  };
}

/** The span in milliseconds. */
export const toWindow = (span: Span, nowMs: number): { readonly fromMs: number; readonly toMs: number } =>
  span.kind === 'live' ? { fromMs: nowMs - RANGES[span.range], toMs: nowMs } : span;

/** A fixed span, at least 2 s and at most 400 days long, and not after the present. */
export function toFixedSpan(fromMs: number, toMs: number, nowMs: number): Span {
  const length = Math.min(Math.max(Math.abs(toMs - fromMs), 2_000), 400 * 86_400_000);
  const end = Math.min(Math.max(fromMs, toMs), nowMs + length * 0.1);
  return { kind: 'fixed', fromMs: Math.round(end - length), toMs: Math.round(end) };
}

function parseSpan(params: URLSearchParams): Span {
  const fromMs = Date.parse(params.get('from') ?? '');
  const toMs = Date.parse(params.get('to') ?? '');
  if (toMs > fromMs) return { kind: 'fixed', fromMs, toMs };
  const range = params.get('range') ?? '';
  return { kind: 'live', range: isRange(range) ? range : '1h' };
}

const isRange = (text: string): text is RangeName => Object.hasOwn(RANGES, text);
