import { Status } from '@kubeplant/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDevice, buildLimit, buildModel, buildRule, buildTag } from '../testing/build-model.ts';
import { createSiteEngine } from './create-site-engine.ts';

const limits = {
  highHigh: buildLimit(8, { deadband: 1 }),
  high: buildLimit(6, { deadband: 2 }),
  low: buildLimit(3),
  lowLow: buildLimit(1, { deadband: 1 }),
};
const model = buildModel(
  [buildDevice('a', [buildTag('x'), buildTag('t', { dataType: 'String' })])],
  [buildRule('r', { type: 'Limit', mode: 'NonExclusive', limits }, ['a/x']), buildRule('t', { type: 'Discrete', normal: ['ok'] }, ['a/t'])],
);
const start = () => createSiteEngine({ model, alarms: [], latest: [], epoch: 1, nowUs: 0 });

/** What the limits say, worked out the long way. */
function expectedStory(readings: readonly (readonly [number, boolean])[]): string[] {
  const story: string[] = [];
  const active = new Set<string>();
  for (const [row, [value, bad]] of readings.entries()) {
    for (const name of ['highHigh', 'high', 'lowLow', 'low'] as const) {
      if (bad || Number.isNaN(value)) continue;
      const { value: limit, deadband } = limits[name];
      const sign = name.startsWith('high') ? 1 : -1;
      const beyond = sign * value > sign * limit - (active.has(name) ? deadband : 0);
      if (beyond === active.has(name)) continue;
      story.push(`${row} ${name} ${beyond ? 'Active' : 'Cleared'}`);
      if (beyond) active.add(name);
      else active.delete(name);
    }
  }
  return story;
}

describe('the way in for many readings', () => {
  it('leaves out only readings that change nothing', () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 9 }));
    const readings = fc.array(
      fc.tuple(
        value,
        fc.nat(9).map((chance) => chance === 0),
      ),
      { maxLength: 100 },
    );
    fc.assert(
      fc.property(readings, (course) => {
        const engine = start();
        engine.setCause('run', 3);
        for (const [row, [number, bad]] of course.entries())
          engine.readingAt(engine.slot('a', 'x'), row, number, bad ? Status.Bad : 0, 0, row);
        expect(engine.takeChanges().transitions.map(({ timeUs, limit, kind }) => `${timeUs} ${limit} ${kind}`)).toEqual(
          expectedStory(course),
        );
      }),
      { numRuns: 500 },
    );
  });

  it('names run, block and row as the cause', () => {
    const engine = start();
    engine.setCause('01J', 12);
    expect(engine.readingAt(engine.slot('a', 'x'), 5, 7, 0, 0, 34)).toBe(true);
    expect(engine.textAt(engine.slot('a', 't'), 5, 'broken', 0, 0, 35)).toBe(true);
    expect(engine.takeChanges().transitions.map(({ cause, message }) => [cause, message])).toEqual([
      ['01J:12:34', 'a x is 7, limit 6'],
      ['01J:12:35', 'a t broken'],
    ]);
  });

  it('says which readings are late', () => {
    const engine = start();
    const slot = engine.slot('a', 'x');
    expect([5, 4, 5, Number.NaN].map((timeUs) => engine.readingAt(slot, timeUs, 5, 0, 0, 0))).toEqual([true, false, true, false]);
    const text = engine.slot('a', 't');
    expect([5, 4].map((timeUs) => engine.textAt(text, timeUs, 'ok', 0, 0, 0))).toEqual([true, false]);
    expect(engine.slot('a', 'none')).toBe(-1);
  });
});
