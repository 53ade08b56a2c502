import type { Reading } from '@kubeplant/api-client';
import { severityOf } from '@kubeplant/words';

/** A span in which the quality was not Good. */
export interface BadSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A curve: columns of equal length, times ascending. Null is a gap. `low` and `high` are the band of buckets. */
export interface Curve {
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  readonly bad: readonly BadSpan[];
  readonly stepped: boolean;
}

/** What is known of a tag in a window. */
export interface CurveInput {
  readonly readings: readonly Reading[];
  /** Last reading before the window: its value holds into it. */
  readonly before?: Reading | undefined;
  /** Spans in which the last value is confirmed; outside them is a gap. Empty where nobody confirms, as for calculated tags. */
  readonly observed: readonly { readonly fromMs: number; readonly untilMs: number }[];
  /** Where the meaning of the values changes: no line is drawn over it. */
  readonly breaksMs?: readonly number[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Size of the buckets; absent for readings as stored. */
  readonly intervalMs?: number | undefined;
}

interface Sample {
  readonly ms: number;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly bad: boolean;
}

/** Curve that holds each value until the next while it is confirmed, and is interrupted where it is not, or where quality is Bad. */
export function buildCurve(input: CurveInput): Curve {
  const { readings, before, observed, breaksMs = [], fromMs, toMs, intervalMs } = input;
  const first = before === undefined ? [] : [{ ...toSample(before, intervalMs), ms: fromMs }];
  const samples = [...first, ...readings.map((reading) => toSample(reading, intervalMs))].sort((a, b) => a.ms - b.ms);
  const out: Sample[] = [];
  samples.forEach((sample, n) => {
    const nextMs = samples[n + 1]?.ms ?? toMs;
    const breakMs = breaksMs.find((ms) => ms > sample.ms && ms <= nextMs);
    const untilMs = Math.min(confirmedUntil(sample.ms + (intervalMs ?? 0), nextMs, observed), (breakMs ?? Number.POSITIVE_INFINITY) - 1);
    if (sample.ms >= fromMs) out.push(sample);
    if (breakMs === undefined && untilMs - sample.ms <= (intervalMs ?? 0) && nextMs <= sample.ms + (intervalMs ?? 0)) return;
    // A bucket holds its last value until the next one begins, so that it is not drawn as a ramp.
    if (intervalMs !== undefined && untilMs > sample.ms + intervalMs) out.push(held(sample, sample.ms + intervalMs), held(sample, untilMs));
    else if (intervalMs === undefined && (untilMs < nextMs || n === samples.length - 1)) out.push(held(sample, untilMs));
    if (untilMs < nextMs) out.push({ ms: Math.min(untilMs + 1, nextMs), value: null, low: null, high: null, bad: false });
  });
  return toColumns(out, toMs, intervalMs === undefined);
}

function toSample(reading: Reading, intervalMs: number | undefined): Sample & { readonly last: number | null } {
  const ms = Date.parse(reading.time);
  if (intervalMs === undefined) {
    const bad = reading.status !== undefined && severityOf(reading.status) === 'Bad';
    const value = typeof reading.value === 'number' && !bad ? reading.value : null;
    return { ms, value, low: value, high: value, last: value, bad: reading.status !== undefined && severityOf(reading.status) !== 'Good' };
  }
  const { avg = null, min = null, max = null, last = null, bad = 0 } = reading;
  return { ms, value: avg, low: min, high: max, last, bad: bad > 0 };
}

function held(sample: Sample & { readonly last?: number | null }, ms: number): Sample {
  const value = sample.last === undefined ? sample.value : sample.last;
  return { ms, value, low: value, high: value, bad: sample.bad && value === null };
}

/** Until when the value of `ms` is known to hold, at most `nextMs`. */
function confirmedUntil(ms: number, nextMs: number, observed: CurveInput['observed']): number {
  if (observed.length === 0) return nextMs;
  let until = ms;
  for (const span of observed) {
    // Spans touch where one process hands over to the next; half a second is no gap.
    if (span.fromMs <= until + 500 && span.untilMs > until) until = span.untilMs;
  }
  return Math.min(until, nextMs);
}

function toColumns(samples: readonly Sample[], toMs: number, stepped: boolean): Curve {
  const bad: BadSpan[] = [];
  samples.forEach((sample, n) => {
    if (!sample.bad) return;
    const end = samples[n + 1]?.ms ?? toMs;
    const last = bad.at(-1);
    if (last !== undefined && last.toMs >= sample.ms) bad[bad.length - 1] = { fromMs: last.fromMs, toMs: end };
    else bad.push({ fromMs: sample.ms, toMs: end });
  });
  const unique = samples.filter((sample, n) => samples[n + 1]?.ms !== sample.ms);
  return {
    times: unique.map(({ ms }) => ms),
    values: unique.map(({ value }) => value),
    low: unique.map(({ low }) => low),
    high: unique.map(({ high }) => high),
    bad,
    stepped,
  };
}
