import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildDevice, buildLimit, buildModel, buildRule, buildTag } from '../testing/build-model.ts';
import { us } from '../testing/drive-engine.ts';
import { type Arrival, LatePlant } from '../testing/late-plant.ts';
import type { AlarmTransition } from '../types.ts';

const delay = fc.constantFrom('0s', '1s', '3s');
/** Of rules of every kind on one tag. */
const shape = fc.record({
  on: delay,
  off: delay,
  deadband: fc.constantFrom(0, 2),
  mode: fc.constantFrom('Exclusive' as const, 'NonExclusive' as const),
});
type Shape = typeof shape extends fc.Arbitrary<infer Drawn> ? Drawn : never;

const plantOf = ({ on, off, deadband, mode }: Shape): LatePlant => {
  const limits = { highHigh: buildLimit(8, { deadband, onDelay: on }), high: buildLimit(6, { deadband }) };
  return new LatePlant(
    buildModel(
      [buildDevice('a', [buildTag('x')])],
      [
        buildRule('limits', { type: 'Limit', mode, limits }, ['a/x'], { offDelay: off, onBadQuality: 'Alarm' }),
        buildRule('state', { type: 'Discrete', alarm: ['2', '3'] }, ['a/x'], { onDelay: off, offDelay: on }),
        buildRule('quality', { type: 'Quality' }, ['a/x'], { onDelay: on }),
      ],
    ),
  );
};

/** What was told, and what an evaluation said that knew only a part, lasts no longer than to the next reading. */
const isPlain = ({ on, off, deadband }: Shape, all: readonly Arrival[]): boolean =>
  on === '0s' && off === '0s' && deadband === 0 && !all.some(({ value }) => Number.isNaN(value));

/** Readings of different times, each with when it comes: much of it in order, some later than others. */
const readings = fc
  .array(
    fc.record({
      later: fc.integer({ min: 1, max: 30 }),
      value: fc.integer({ min: -1, max: 10 }),
      waits: fc.constantFrom(0, 0, 0, 5, 10, 40),
    }),
    {
      minLength: 1,
      maxLength: 40,
    },
  )
  .map((steps) => {
    let tenths = 0;
    return steps.map(({ later, value, waits }, index): Arrival & { readonly comes: number } => {
      tenths += later;
      return { at: tenths / 10, value: value < 0 ? Number.NaN : value, comes: index + waits };
    });
  });

const wordOf = ({ alarm, kind, timeUs }: AlarmTransition): string => `${alarm} ${kind} ${timeUs}`;
const wordsOf = (journal: readonly AlarmTransition[]): string[] => journal.map(wordOf).sort();

/** The same readings in order. */
const inOrder = (drawn: Shape, all: readonly Arrival[], end: number): string[] =>
  wordsOf(
    plantOf(drawn)
      .arrive(...all)
      .confirm(end).journal,
  );

describe('late readings', () => {
  it('leave in the journal what they would have written in order, and beside it only what was told when they were not there', () => {
    fc.assert(
      fc.property(shape, readings, (drawn, all) => {
        const end = (all.at(-1)?.at ?? 0) + 10;
        const plant = plantOf(drawn)
          .arrive(...all.toSorted((a, b) => a.comes - b.comes))
          .confirm(end)
          .settle();
        const wanted = inOrder(drawn, all, end);
        const written = wordsOf(plant.journal);
        expect(wanted.filter((row) => !written.includes(row))).toEqual([]);
        // What goes on is held against the value of now, at its time.
        const isNow = ({ kind, timeUs }: AlarmTransition): boolean => kind === 'Cleared' && timeUs === us(all.at(-1)?.at ?? 0);
        const besides = plant.journal.filter((row) => row.late && !wanted.includes(wordOf(row)));
        expect(besides.filter((row) => !isNow(row))).toEqual([]);
        expect(new Set(plant.journal.map(({ id }) => id)).size).toBe(plant.journal.length);
        expect(plant.find().transitions).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  it('leave it there too when they are evaluated at any times, each time with what has come, where each reading decides alone', () => {
    fc.assert(
      fc.property(shape, readings, fc.infiniteStream(fc.nat(4)), (drawn, all, evaluations) => {
        const end = (all.at(-1)?.at ?? 0) + 10;
        const plant = plantOf(drawn);
        for (const one of all.toSorted((a, b) => a.comes - b.comes)) {
          plant.arrive(one);
          if (evaluations.next().value === 0) plant.settle();
        }
        plant.confirm(end).settle();
        const written = wordsOf(plant.journal);
        const wanted = isPlain(drawn, all) ? inOrder(drawn, all, end) : [];
        expect(wanted.filter((row) => !written.includes(row))).toEqual([]);
        // What is found twice has the same id, and is written once.
        const rows = new Set(plant.journal.map((row) => `${row.id} ${wordOf(row)}`));
        expect(new Set(plant.journal.map(({ id }) => id)).size).toBe(rows.size);
      }),
      { numRuns: 1000 },
    );
  });

  it('leave the alarms as they would be in order once the values are normal again: gone, or standing for somebody to see', () => {
    fc.assert(
      fc.property(shape, readings, (drawn, all) => {
        const end = (all.at(-1)?.at ?? 0) + 10;
        const normal = [{ at: end + 1, value: 1 }];
        const standingOf = (plant: LatePlant): string[] =>
          plant
            .arrive(...normal)
            .confirm(end + 20)
            .driver.engine.standing()
            .map(({ id, active }) => `${id} ${active}`)
            .sort();
        const late = plantOf(drawn)
          .arrive(...all.toSorted((a, b) => a.comes - b.comes))
          .confirm(end)
          .settle();
        const ordered = standingOf(
          plantOf(drawn)
            .arrive(...all)
            .confirm(end),
        );
        const present = standingOf(late);
        expect(ordered.filter((row) => !present.includes(row))).toEqual([]);
        expect(present.every((row) => row.endsWith('false'))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
