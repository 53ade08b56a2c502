import type { EffectiveSignal, EffectiveTag } from '@kubeplant/crds/model';
import { buildSource, type Source } from './build-source.ts';
import { createRandom, type Random } from './random.ts';

/** What is simulated: devices with the signals of their tags. */
export interface SignalsConfig {
  readonly devices: readonly {
    readonly device: string;
    readonly signals: readonly EffectiveSignal[];
    readonly tags: readonly EffectiveTag[];
  }[];
  /** The same seed gives the same course. */
  readonly seed: number;
}

/** A plant of signals. */
export interface Signals {
  /** Go on by that many milliseconds. The first step is the begin: time 0 when it is `step(0)`. */
  step(dtMs: number): void;
  /** Value of a tag in engineering units, noise included; undefined for a tag without a signal and before the first step. */
  value(device: string, tag: string): number | undefined;
}

interface Signal {
  readonly key: string;
  readonly source: Source;
  readonly inputKeys: readonly string[];
  readonly noise: number;
  readonly random: Random;
  /** Without noise: what others read and what goes on; undefined before the first step. */
  current: number | undefined;
  shown: number | undefined;
}

/**
 * Create signals. In a step each signal is computed after those it reads; where they read each other in a circle, one
 * of them sees the step before. A result without a value (a division by zero, a tag that is not simulated) leaves the
 * signal as it was.
 */
export function createSignals({ devices, seed }: SignalsConfig): Signals {
  const signals = new Map<string, Signal>();
  for (const { device, signals: declared, tags } of devices) {
    const names = new Set(tags.map(({ name }) => name));
    for (const signal of declared) if (names.has(signal.tag)) signals.set(keyOf(device, signal.tag), createSignal(device, signal, seed));
  }
  const order = orderSignals(signals);
  let timeMs = 0;
  const step = (dtMs: number): void => {
    if (!(dtMs >= 0)) throw new Error(`step of ${dtMs} ms: a step is 0 ms or more`);
    timeMs += dtMs;
    for (const signal of order) advance(signals, signal, timeMs, dtMs);
    beginCircles(signals, order, timeMs);
  };
  return { step, value: (device, tag) => signals.get(keyOf(device, tag))?.shown };
}

const keyOf = (device: string, tag: string): string => `${device}/${tag}`;

function createSignal(device: string, signal: EffectiveSignal, seed: number): Signal {
  const key = keyOf(device, signal.tag);
  const source = buildSource(device, signal, createRandom(seed, `walk ${key}`));
  const inputKeys = source.inputs.map((input) => keyOf(input.device, input.tag));
  return {
    key,
    source,
    inputKeys,
    noise: signal.noise ?? 0,
    random: createRandom(seed, `noise ${key}`),
    current: undefined,
    shown: undefined,
  };
}

function advance(signals: ReadonlyMap<string, Signal>, signal: Signal, timeMs: number, dtMs: number): void {
  const get = (input: number): number => signals.get(signal.inputKeys[input] ?? '')?.current ?? Number.NaN;
  const next = signal.source.next({ timeMs, dtMs, previous: signal.current }, get);
  if (Number.isFinite(next)) signal.current = next;
  const { current, noise, random } = signal;
  signal.shown = current === undefined || noise === 0 ? current : current + noise * random.normal();
}

/** In a circle, one signal has nothing to read in the first step: it begins once the others have. */
function beginCircles(signals: ReadonlyMap<string, Signal>, order: readonly Signal[], timeMs: number): void {
  for (const signal of order) if (signal.current === undefined) advance(signals, signal, timeMs, 0);
}

/** Depth first: inputs before their readers; an input that is being visited closes a circle and is left behind. */
function orderSignals(signals: ReadonlyMap<string, Signal>): Signal[] {
  const order: Signal[] = [];
  const seen = new Set<string>();
  const visit = (signal: Signal): void => {
    if (seen.has(signal.key)) return;
    seen.add(signal.key);
    for (const key of signal.inputKeys) {
      const input = signals.get(key);
      if (input !== undefined) visit(input);
    }
    order.push(signal);
  };
  for (const signal of signals.values()) visit(signal);
  return order;
}
