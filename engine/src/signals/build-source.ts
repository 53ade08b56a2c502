import type { EffectiveSignal } from '@kubeplant/crds/model';
import { durationMs } from '@kubeplant/words';
import { compileExpression } from '../expression/compile-expression.ts';
import type { Random } from './random.ts';

/** The moment of a step. */
export interface SignalMoment {
  /** Since the start, milliseconds. */
  readonly timeMs: number;
  /** Since the step before; 0 in the first. */
  readonly dtMs: number;
  /** Value of the signal after the step before; undefined in the first. */
  readonly previous: number | undefined;
}

/** A tag a source reads. */
export interface SourceInput {
  readonly device: string;
  readonly tag: string;
}

/** Computes a signal; `get(i)` is the value of `inputs[i]`, NaN where there is none. NaN as result: stay as before. */
export interface Source {
  readonly inputs: readonly SourceInput[];
  readonly next: (moment: SignalMoment, get: (input: number) => number) => number;
}

/** Names an expression may use beside `tag()`: its own last value, the step and the time since the start in seconds. */
export const SIGNAL_VARIABLES = ['previous', 'dt', 'time'] as const;

/** Source of a signal. An expression that does not compile stands still: the plan has told of it. */
export function buildSource(device: string, signal: EffectiveSignal, random: Random): Source {
  if (signal.sine !== undefined) return free(sineAt(signal.sine));
  if (signal.ramp !== undefined) return free(rampAt(signal.ramp));
  if (signal.square !== undefined) return free(squareAt(signal.square));
  if (signal.randomWalk !== undefined) return walk(signal.randomWalk, random);
  if (signal.follow !== undefined) return follow(device, signal.follow);
  if (signal.expression !== undefined) return express(device, signal.expression);
  const { constant = 0 } = signal;
  return free(() => constant);
}

type Given<Key extends keyof EffectiveSignal> = NonNullable<EffectiveSignal[Key]>;

const free = (at: (timeMs: number) => number): Source => ({ inputs: [], next: ({ timeMs }) => at(timeMs) });

function sineAt({ mean, amplitude, period, phase = 0 }: Given<'sine'>): (timeMs: number) => number {
  const part = partOf(period);
  return (timeMs) => mean + amplitude * Math.sin(2 * Math.PI * (part(timeMs) + phase));
}

function rampAt({ low, high, period }: Given<'ramp'>): (timeMs: number) => number {
  const part = partOf(period);
  return (timeMs) => low + (high - low) * part(timeMs);
}

function squareAt({ low, high, period, dutyCycle = 0.5 }: Given<'square'>): (timeMs: number) => number {
  const part = partOf(period);
  return (timeMs) => (part(timeMs) < dutyCycle ? high : low);
}

/** How far into its period a time is, 0 to below 1. */
function partOf(period: string): (timeMs: number) => number {
  const periodMs = Math.max(1, durationMs(period));
  return (timeMs) => (timeMs % periodMs) / periodMs;
}

function walk({ start, step, low, high }: Given<'randomWalk'>, random: Random): Source {
  const next: Source['next'] = ({ previous, dtMs }) => {
    if (previous === undefined || dtMs === 0) return previous ?? start;
    return Math.min(Math.max(previous + (2 * random.uniform() - 1) * step, low), high);
  };
  return { inputs: [], next };
}

function follow(device: string, { device: other = device, tag, timeConstant = '0s', factor = 1, offset = 0 }: Given<'follow'>): Source {
  const constantMs = durationMs(timeConstant);
  const next: Source['next'] = ({ previous, dtMs }, get) => {
    const target = get(0) * factor + offset;
    if (previous === undefined || constantMs === 0) return target;
    return previous + (target - previous) * (1 - Math.exp(-dtMs / constantMs));
  };
  return { inputs: [{ device: other, tag }], next };
}

function express(device: string, text: string): Source {
  const compiled = compileExpression(text, { variables: SIGNAL_VARIABLES });
  if (compiled.kind === 'error') return { inputs: [], next: () => Number.NaN };
  const inputs = compiled.inputs.map((input) => ({ device: input.device ?? device, tag: input.tag }));
  return { inputs, next: ({ previous = 0, dtMs, timeMs }, get) => compiled.evaluate(get, [previous, dtMs / 1000, timeMs / 1000]) };
}
