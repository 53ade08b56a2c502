import type { EffectiveLimit } from '@kubeplant/crds/model';
import { describe, expect, it } from 'vitest';
import { shownState } from '../alarms/shown-state.ts';
import { buildDevice, buildLimit, buildModel, buildRule, buildTag } from '../testing/build-model.ts';
import { LatePlant } from '../testing/late-plant.ts';

const plantWith = (limit: Partial<EffectiveLimit> = {}, more: Parameters<typeof buildRule>[3] = {}) =>
  new LatePlant(
    buildModel(
      [buildDevice('a', [buildTag('x')])],
      [buildRule('r', { type: 'Limit', mode: 'Exclusive', limits: { high: buildLimit(10, limit) } }, ['a/x'], more)],
    ),
  );
const at = (time: number, value: number) => ({ at: time, value });
/** `12.5 Active late` for each row of the journal, in order of time. */
const story = (plant: LatePlant): string[] =>
  plant.journal.toSorted((a, b) => a.timeUs - b.timeUs).map(({ timeUs, kind, late }) => `${timeUs / 1e6} ${kind}${late ? ' late' : ''}`);
const stateOf = (plant: LatePlant) => {
  const [row] = plant.driver.rows;
  if (row === undefined) throw new Error('there is a row for the alarm');
  return row;
};
const occurrences = (plant: LatePlant) => new Set(plant.journal.map(({ occurrence }) => occurrence));
const act = (plant: LatePlant, seen: { readonly occurrence: string; readonly version: number; readonly id: string }) =>
  plant.driver.engine.act({ kind: 'Acknowledge', alarm: seen.id, ...seen, user: 'anna', timeUs: 1, request: 'q' });

describe('readings that come late', () => {
  it('raise and clear an alarm in the journal, which stands unacknowledged where nothing else does', () => {
    const plant = plantWith().arrive(at(1, 5), at(9, 5), at(4, 20), at(6, 7)).settle();
    expect(story(plant)).toEqual(['4 Active late', '6 Cleared late']);
    expect(occurrences(plant).size).toBe(1);
    const state = stateOf(plant);
    expect(shownState(state)).toBe('RTNUN');
    expect(state).toMatchObject({ activeTimeUs: 4e6, clearedTimeUs: 6e6, value: 20, message: 'a x is 20, limit 10', version: 1 });
    expect(plant.journal.map(({ cause }) => cause)).toEqual(['late:a/x:4000000', 'late:a/x:6000000']);
    expect(act(plant, state)).toMatchObject({ kind: 'done', state: { acknowledged: true } });
  });

  it('leave no alarm standing that needs no acknowledgement', () => {
    const plant = plantWith({}, { acknowledge: 'NotRequired' }).arrive(at(1, 5), at(9, 5), at(4, 20), at(6, 7)).settle();
    expect(story(plant)).toEqual(['4 Active late', '6 Cleared late']);
    expect(plant.driver.engine.standing()).toEqual([]);
  });

  it('change nothing of an alarm that stands for another occurrence', () => {
    const plant = plantWith().arrive(at(1, 5), at(9, 20), at(10, 5), at(4, 20), at(6, 7));
    const before = stateOf(plant);
    plant.settle();
    expect(story(plant)).toEqual(['4 Active late', '6 Cleared late', '9 Active', '10 Cleared']);
    expect(occurrences(plant).size).toBe(2);
    expect(stateOf(plant)).toEqual(before);
  });

  it('make one alarm of what was active at the end of a gap and what is since, with the earlier time', () => {
    const plant = plantWith().arrive(at(1, 5), at(9, 20));
    const seen = stateOf(plant);
    plant.arrive(at(4, 20), at(6, 21)).settle();
    expect(story(plant)).toEqual(['4 Active late', '9 Active']);
    expect(occurrences(plant)).toEqual(new Set([seen.occurrence]));
    expect(stateOf(plant)).toEqual({ ...seen, activeTimeUs: 4e6, version: seen.version + 1 });
    expect(act(plant, seen)).toMatchObject({ kind: 'changed', present: { occurrence: seen.occurrence } });
    expect(act(plant, stateOf(plant))).toMatchObject({ kind: 'done' });
  });

  it('make one alarm of it also when it has gone since, and each coming within the gap one of its own', () => {
    const plant = plantWith().arrive(at(1, 5), at(9, 20), at(12, 3)).arrive(at(2, 20), at(3, 5), at(4, 20)).settle();
    expect(story(plant)).toEqual(['2 Active late', '3 Cleared late', '4 Active late', '9 Active', '12 Cleared']);
    const [first, , joined, live] = plant.journal.toSorted((a, b) => a.timeUs - b.timeUs);
    expect(joined?.occurrence).toBe(live?.occurrence);
    expect(first?.occurrence).not.toBe(live?.occurrence);
    expect(stateOf(plant)).toMatchObject({ activeTimeUs: 4e6, clearedTimeUs: 12e6, occurrence: live?.occurrence });
  });

  it('write that a standing alarm had gone and come back, and leave it standing', () => {
    const plant = plantWith().arrive(at(1, 20), at(9, 20));
    const before = stateOf(plant);
    plant.arrive(at(4, 5), at(6, 30)).settle();
    expect(story(plant)).toEqual(['1 Active', '4 Cleared late', '6 Active late']);
    expect(occurrences(plant).size).toBe(1);
    expect(stateOf(plant)).toEqual(before);
  });

  it('raise an alarm that still holds by its deadband, which the present value alone would not', () => {
    const plant = plantWith({ deadband: 5 }).arrive(at(1, 5), at(9, 8), at(4, 20)).settle();
    expect(story(plant)).toEqual(['4 Active late']);
    expect(stateOf(plant)).toMatchObject({ active: true, acknowledged: false, activeTimeUs: 4e6 });
    plant.arrive(at(10, 7), at(11, 4));
    expect(story(plant)).toEqual(['4 Active late', '11 Cleared']);
    expect(occurrences(plant).size).toBe(1);
  });

  it('clear at once what the present value says is over, though no reading is stored that says so', () => {
    const plant = plantWith().arrive(at(1, 5), at(9, 5), at(4, 20));
    plant.history.splice(1, 1);
    plant.settle();
    expect(story(plant)).toEqual(['4 Active late', '9 Cleared late']);
    expect(shownState(stateOf(plant))).toBe('RTNUN');
  });

  it('let a delay run from where it began, whether it ended in the gap, after it, or runs still', () => {
    const ended = plantWith({ onDelay: '3s' }).arrive(at(1, 5), at(9, 5), at(2, 20), at(6, 20)).settle();
    expect(story(ended)).toEqual(['5 Active late', '9 Cleared late']);
    const after = plantWith({ onDelay: '8s' }).arrive(at(1, 5), at(9, 20)).confirm(20).arrive(at(6, 20)).settle();
    expect(story(after)).toEqual(['14 Active late', '17 Active']);
    expect(stateOf(after)).toMatchObject({ activeTimeUs: 14e6 });
    const running = plantWith({ onDelay: '8s' }).arrive(at(1, 5), at(9, 20)).confirm(10).arrive(at(6, 20)).settle();
    expect(story(running)).toEqual([]);
    expect(story(running.confirm(20))).toEqual(['14 Active']);
  });

  it('are nothing new the second time, nor when the first time was cut short', () => {
    const plant = plantWith().arrive(at(1, 5), at(9, 20), at(4, 20), at(6, 7), at(7, 15));
    const found = plant.find();
    expect(found.transitions).toHaveLength(3);
    plant.driver.engine.takeLate({ ...found, transitions: found.transitions.slice(0, 2) });
    plant.driver.commit();
    const again = plant.find();
    expect(again.transitions).toEqual(found.transitions.slice(2));
    plant.settle();
    expect(plant.find().transitions).toEqual([]);
    const whole = story(plant);
    expect(story(plant.settle())).toEqual(whole);
  });

  it('of several times are judged by all that has come until then', () => {
    const plant = plantWith().arrive(at(1, 5), at(9, 20), at(6, 20)).settle().arrive(at(4, 20)).settle();
    expect(story(plant)).toEqual(['4 Active late', '6 Active late', '9 Active']);
    expect(occurrences(plant).size).toBe(1);
    expect(stateOf(plant)).toMatchObject({ activeTimeUs: 4e6, active: true });
  });

  it('do not say that a link was lost or is back: what the clock decided is left alone', () => {
    const model = buildModel([buildDevice('a', [buildTag('x')])], [buildRule('q', { type: 'Quality' }, ['a/x'], { onDelay: '1s' })]);
    const plant = new LatePlant(model).arrive(at(1, 5));
    plant.driver.run(
      { kind: 'connect', at: 2, device: 'a', connected: false },
      { kind: 'clock', at: 4 },
      { kind: 'connect', at: 8, device: 'a', connected: true },
    );
    plant.arrive(at(9, 5), at(5, 6)).settle();
    expect(story(plant)).toEqual(['3 Active', '8 Cleared']);
  });
});
