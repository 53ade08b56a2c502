import type { EffectiveSignal } from '@kubeplant/crds/model';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildTag } from '../testing/build-model.ts';
import { createSignals } from './create-signals.ts';

const plant = (devices: Record<string, readonly EffectiveSignal[]>, seed = 1) =>
  createSignals({
    devices: Object.entries(devices).map(([device, signals]) => ({ device, signals, tags: signals.map(({ tag }) => buildTag(tag)) })),
    seed,
  });

function courseOf(signal: Omit<EffectiveSignal, 'tag'>, steps: number, dtMs = 1000, seed = 1): (number | undefined)[] {
  const signals = plant({ plc: [{ tag: 'x', ...signal }] }, seed);
  return Array.from({ length: steps }, (_, index) => {
    signals.step(index === 0 ? 0 : dtMs);
    const value = signals.value('plc', 'x');
    return value === undefined ? value : Number(value.toFixed(6)) + 0;
  });
}

describe('createSignals', () => {
  it.each([
    ['a constant', { constant: 5 }, [5, 5, 5, 5, 5]],
    ['a sine', { sine: { mean: 10, amplitude: 2, period: '4s' } }, [10, 12, 10, 8, 10]],
    ['a sine that begins at the top', { sine: { mean: 0, amplitude: 1, period: '4s', phase: 0.25 } }, [1, 0, -1, 0, 1]],
    ['a ramp', { ramp: { low: 0, high: 4, period: '4s' } }, [0, 1, 2, 3, 0]],
    ['a square wave', { square: { low: 0, high: 1, period: '4s', dutyCycle: 0.25 } }, [1, 0, 0, 0, 1]],
    ['an expression over time', { expression: 'time * 2' }, [0, 2, 4, 6, 8]],
    ['an expression that integrates from a first value', { expression: 'time == 0 ? 2 : previous + dt * 0.5' }, [2, 2.5, 3, 3.5, 4]],
    ['a condition', { expression: 'time >= 2' }, [0, 0, 1, 1, 1]],
    ['an expression without value', { expression: 'time < 2 ? time : 1 / 0' }, [0, 1, 1, 1, 1]],
    ['an expression of a tag nobody simulates', { expression: "tag('other')" }, [undefined, undefined, undefined, undefined, undefined]],
    ['an expression that is wrong', { expression: 'previous +' }, [undefined, undefined, undefined, undefined, undefined]],
  ])('follows %s', (_title, signal, course) => {
    expect(courseOf(signal, 5)).toEqual(course);
  });

  it('follows another tag with a lag: 63 % after one time constant', () => {
    const signals = plant({
      pump: [{ tag: 'flow', follow: { device: 'valve', tag: 'position', timeConstant: '10s', factor: 2, offset: 1 } }],
      valve: [{ tag: 'position', expression: 'time > 0 ? 50 : 0' }],
    });
    signals.step(0);
    expect(signals.value('pump', 'flow')).toBe(1);
    for (let second = 0; second < 10; second += 1) signals.step(1000);
    expect(signals.value('pump', 'flow')).toBeCloseTo(1 + 100 * (1 - Math.exp(-1)), 6);
  });

  it('computes what a signal reads before it, whatever the order of the list', () => {
    const signals = plant({
      plc: [
        { tag: 'c', expression: "tag('b') + 1" },
        { tag: 'b', follow: { tag: 'a' } },
        { tag: 'a', expression: 'time' },
      ],
    });
    signals.step(5000);
    expect(signals.value('plc', 'c')).toBe(6);
  });

  it('lets signals that read each other see the step before', () => {
    const signals = plant({
      plc: [
        { tag: 'a', expression: "time == 0 ? 1 : tag('b') + 1" },
        { tag: 'b', expression: "tag('a') * 2" },
      ],
    });
    const course = [0, 1000, 1000].map((dtMs) => {
      signals.step(dtMs);
      return [signals.value('plc', 'a'), signals.value('plc', 'b')];
    });
    expect(course).toEqual([
      [1, 2],
      [3, 2],
      [7, 6],
    ]);
  });

  it('walks between its bounds, in steps no greater than allowed, the same for the same seed', () => {
    const walk = { randomWalk: { start: 5, step: 1, low: 4, high: 6 } };
    const course = courseOf(walk, 200).map((value) => value ?? Number.NaN);
    expect(course[0]).toBe(5);
    expect(course.every((value, index) => value >= 4 && value <= 6 && Math.abs(value - (course[index - 1] ?? value)) <= 1.000001)).toBe(
      true,
    );
    expect(new Set(course).size).toBeGreaterThan(50);
    expect(courseOf(walk, 200)).toEqual(course);
    expect(courseOf(walk, 200, 1000, 2)).not.toEqual(course);
  });

  it('adds noise of the declared deviation, which does not add up', () => {
    const course = courseOf({ expression: 'previous', noise: 0.5 }, 5000).map((value) => value ?? Number.NaN);
    const mean = course.reduce((sum, value) => sum + value, 0) / course.length;
    const deviation = Math.sqrt(course.reduce((sum, value) => sum + (value - mean) ** 2, 0) / course.length);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(deviation).toBeCloseTo(0.5, 1);
  });

  it('does not change a signal when another is added', () => {
    const walk: EffectiveSignal = { tag: 'x', randomWalk: { start: 0, step: 1, low: -9, high: 9 }, noise: 0.1 };
    const [alone, together] = [plant({ plc: [walk] }), plant({ plc: [{ ...walk, tag: 'w' }, walk] })];
    for (let step = 0; step < 20; step += 1) for (const signals of [alone, together]) signals.step(100);
    expect(together.value('plc', 'x')).toBe(alone.value('plc', 'x'));
  });

  it('knows no value for a tag without a signal, and refuses to go back', () => {
    const signals = plant({ plc: [] });
    expect(signals.value('plc', 'x')).toBeUndefined();
    expect(() => signals.step(-1)).toThrow('step of -1 ms');
  });

  it('stays finite whatever the numbers', () => {
    const number = fc.double({ noNaN: false });
    const signal = fc.record({ constant: number, noise: fc.double({ min: 0, noNaN: true, noDefaultInfinity: true, max: 1e300 }) });
    fc.assert(
      fc.property(signal, fc.nat(100_000), (declared, dtMs) => {
        const signals = plant({
          plc: [
            { tag: 'a', ...declared },
            { tag: 'b', follow: { tag: 'a', timeConstant: '1s', factor: 1e300 } },
          ],
        });
        signals.step(0);
        signals.step(dtMs);
        expect([undefined, true]).toContain(
          signals.value('plc', 'b') === undefined ? undefined : Number.isFinite(signals.value('plc', 'b')),
        );
      }),
    );
  });
});
