import { Status } from '@kubeplant/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shownState } from '../alarms/shown-state.ts';
import { buildDevice, buildLimit, buildModel, buildRule, buildTag } from '../testing/build-model.ts';
import { EngineDriver, type Step } from '../testing/drive-engine.ts';
import type { AlarmTransition } from '../types.ts';
import { createSiteEngine } from './create-site-engine.ts';

const four = (delay: string) => ({
  highHigh: buildLimit(8, { priority: 'Critical', onDelay: delay, deadband: 1 }),
  high: buildLimit(6, { deadband: 1 }),
  low: buildLimit(3, { onDelay: delay }),
  lowLow: buildLimit(1, { onDelay: '1s', deadband: 0.5 }),
});

const calls = { communicationAlarm: { priority: 'High', onDelay: '3s' } } as const;
const model = buildModel(
  [
    buildDevice('a', [buildTag('x'), buildTag('y', { kind: 'State', states: { '2': 'Fault' } })], calls),
    buildDevice('b', [buildTag('z')], calls),
    buildDevice('c', [buildTag('sum', { expression: "tag('a','x') + tag('b','z')", deadband: { type: 'Absolute', value: 1 } })], {
      protocol: 'Calculated',
    }),
  ],
  [
    buildRule('exclusive', { type: 'Limit', mode: 'Exclusive', limits: four('2s') }, ['a/x', 'b/z'], { offDelay: '2s' }),
    buildRule('all', { type: 'Limit', mode: 'NonExclusive', limits: four('0s') }, ['a/x', 'c/sum'], { offDelay: '3s' }),
    buildRule('fault', { type: 'Discrete', alarm: ['Fault'] }, ['a/y'], { onDelay: '2s', acknowledge: 'NotRequired' }),
    buildRule('quality', { type: 'Quality' }, ['a/x', 'b/z'], { onDelay: '2s', offDelay: '1s' }),
  ],
);

/** What comes next, so much later: everything that happens has a time of its own. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('read' as const),
      tag: fc.constantFrom('a/x', 'a/y', 'b/z'),
      value: fc.integer({ min: 0, max: 10 }),
      isBad: fc.nat(4),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('observe' as const), device: fc.constantFrom('a', 'b') }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('connect' as const), device: fc.constantFrom('a', 'b'), connected: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('clock' as const) }) },
);
const course = fc.array(fc.tuple(fc.integer({ min: 1, max: 30 }), step), { maxLength: 60 });

type Course = typeof course extends fc.Arbitrary<infer Entries> ? Entries : never;

function toSteps(entries: Course): Step[] {
  let tenths = 0;
  return entries.map(([later, entry]): Step => {
    tenths += later;
    const at = tenths / 10;
    if (entry.kind !== 'read') return { at, ...entry };
    const { tag, value, isBad } = entry;
    return isBad === 0 ? { kind: 'read', at, tag, value: Number.NaN, status: Status.BadTimeout } : { kind: 'read', at, tag, value };
  });
}

const byId = (rows: readonly { readonly id: string }[]) => rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));

describe('the engine', () => {
  it('writes the same journal and rows, wherever it is thrown away and started again', () => {
    fc.assert(
      fc.property(course, fc.infiniteStream(fc.nat(3)), (entries, restarts) => {
        const [unbroken, broken] = [new EngineDriver(model), new EngineDriver(model)];
        for (const next of toSteps(entries)) {
          for (const driver of [unbroken, broken]) driver.run(next, { kind: 'calculate' });
          if (restarts.next().value === 0) broken.restart();
        }
        expect(broken.journal).toEqual(unbroken.journal);
        expect(byId(broken.rows)).toEqual(byId(unbroken.rows));
        expect(broken.calculated).toEqual(unbroken.calculated);
      }),
      { numRuns: 1000 },
    );
  });

  it('gives the same ids when the same blocks are evaluated again from the same state', () => {
    fc.assert(
      fc.property(course, course, (before, after) => {
        const drivers = [new EngineDriver(model), new EngineDriver(model)].map((driver) => driver.run(...toSteps(before)).restart());
        const [first, second] = drivers.map((driver) => driver.run(...toSteps(after)).journal);
        expect(second).toEqual(first);
      }),
      { numRuns: 100 },
    );
  });

  it('writes for each alarm a coming, then its going, and never the same id twice', () => {
    fc.assert(
      fc.property(course, (entries) => {
        const driver = new EngineDriver(model).run(...toSteps(entries));
        expect(new Set(driver.journal.map(({ id }) => id)).size).toBe(driver.journal.length);
        const byAlarm = Map.groupBy(driver.journal, ({ alarm }: AlarmTransition) => alarm);
        for (const rows of byAlarm.values()) {
          expect(rows.map(({ kind }) => kind)).toEqual(rows.map((_, index) => (index % 2 === 0 ? 'Active' : 'Cleared')));
          expect(rows.every(({ occurrence }, index) => index % 2 === 0 || rows[index - 1]?.occurrence === occurrence)).toBe(true);
        }
        const shown = driver.rows.filter((row) => shownState(row) !== 'NORM');
        expect(byId(driver.engine.standing())).toEqual(byId(shown));
        const active = driver.engine.standing().filter((state) => state.rule === 'exclusive' && state.active && state.tag === 'x');
        const limits = active.map(({ limit }) => limit);
        expect(limits.includes('highHigh') && limits.includes('high')).toBe(false);
        expect(limits.includes('lowLow') && limits.includes('low')).toBe(false);
      }),
    );
  });

  it('never throws, whatever it is told', () => {
    const time = fc.oneof(fc.double(), fc.integer());
    const name = fc.constantFrom('a', 'b', 'c', 'x', 'y', 'z', 'sum', 'nobody', '', '__proto__');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(7), name, name, time, fc.double(), fc.integer(), fc.boolean())), (calls_) => {
        const engine = createSiteEngine({ model, alarms: [], latest: [], epoch: 1, nowUs: 0 });
        for (const [kind, device, tag, timeUs, value, whole, flag] of calls_) {
          if (kind === 0)
            engine.reading({ device, tag, timeUs, value, status: whole, flags: whole, cause: '', ...(flag ? { text: tag } : {}) });
          else if (kind === 1) engine.readingAt(whole, timeUs, value, whole, whole, whole);
          else if (kind === 2) engine.observed(device, timeUs, '');
          else if (kind === 3) engine.connected(device, flag, timeUs, '');
          else if (kind === 4) engine.advance(timeUs);
          else if (kind === 5) engine.calculate();
          else if (kind === 6) engine.textAt(engine.slot(device, tag), timeUs, flag ? tag : undefined, whole, whole, whole);
          else engine.setModel(flag ? model : buildModel([]), timeUs);
        }
        engine.takeChanges();
        engine.nextDeadlineUs();
      }),
      { numRuns: 300 },
    );
  });
});
