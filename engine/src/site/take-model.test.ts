import { describe, expect, it } from 'vitest';
import { buildDevice, buildLimit, buildModel, buildRule, buildTag } from '../testing/build-model.ts';
import { clock, connect, EngineDriver, read, type Step } from '../testing/drive-engine.ts';

const tank = buildDevice('tank', [buildTag('level'), buildTag('flow')]);
const rule = (limit: number, more: Parameters<typeof buildLimit>[1] = {}, name = 'r') =>
  buildRule(name, { type: 'Limit', mode: 'NonExclusive', limits: { high: buildLimit(limit, more) } }, ['tank/level']);
const before = buildModel([tank], [rule(10)]);
const change = (at: number, model: ReturnType<typeof buildModel>): Step => ({ kind: 'model', at, model });
const started = () => new EngineDriver(before).run(read(1, 'tank/level', 11));

describe('a new model', () => {
  it('leaves the alarms of rules that stay as they are', () => {
    const driver = started().run(change(5, buildModel([tank], [rule(10), rule(8, {}, 'other')], 'r2')), read(6, 'tank/level', 7));
    expect(driver.story).toEqual(['1 high Active UNACK', '5 high Active UNACK', '6 high Cleared RTNUN', '6 high Cleared RTNUN']);
    expect(driver.journal[1]).toMatchObject({ rule: 'other', cause: 'model:r2' });
  });

  it('is held against the last value where a limit changed', () => {
    const driver = started().run(change(5, buildModel([tank], [rule(12)], 'r2')), change(6, buildModel([tank], [rule(9)], 'r3')));
    expect(driver.story).toEqual(['1 high Active UNACK', '5 high Cleared RTNUN', '6 high Active UNACK']);
  });

  it('does not end a delay: time goes on with the data', () => {
    const slow = buildModel([tank], [rule(10, { onDelay: '10s' })]);
    const driver = new EngineDriver(slow).run(read(1, 'tank/level', 11), change(60, { ...slow, revision: 'r2' }));
    expect(driver.story).toEqual([]);
    expect(driver.run(read(61, 'tank/level', 11)).story).toEqual(['11 high Active UNACK']);
  });

  it.each([
    ['its rule', buildModel([tank], [], 'r2')],
    ['its tag', buildModel([buildDevice('tank', [buildTag('flow')])], [rule(10)], 'r2')],
    ['its device', buildModel([], [rule(10)], 'r2')],
    ['its place among the targets', buildModel([tank], [{ ...rule(10), targets: [] }], 'r2')],
    ['its limit', buildModel([tank], [{ ...rule(10), condition: { type: 'Limit', mode: 'NonExclusive', limits: {} } }], 'r2')],
    ['the operation of its device', buildModel([{ ...tank, mode: 'Disabled' }], [rule(10)], 'r2')],
  ])('retires an alarm that stands and loses %s', (_what, after) => {
    const driver = started().run(change(5, after));
    expect(driver.story).toEqual(['1 high Active UNACK', '5 high Retired NORM']);
    expect(driver.rows).toEqual([]);
    expect(driver.engine.standing()).toEqual([]);
  });

  it('removes an alarm that does not stand without a word', () => {
    const driver = started().run(read(2, 'tank/level', 9));
    const [alarm] = driver.engine.standing();
    if (alarm === undefined) throw new Error('no alarm stands');
    driver.engine.act({
      kind: 'Acknowledge',
      alarm: alarm.id,
      occurrence: alarm.occurrence,
      version: alarm.version,
      user: 'a',
      timeUs: 3,
      request: 'q',
    });
    driver.run(change(5, buildModel([tank], [], 'r2')));
    expect(driver.journal.map(({ kind }) => kind)).toEqual(['Active', 'Cleared', 'Acknowledged']);
    expect(driver.rows).toEqual([]);
  });

  it('found at a start retires what it does not have, and is held against the last values', () => {
    const retired = started().restart(buildModel([tank], [], 'r2'));
    expect(retired.story).toEqual(['1 high Active UNACK', '0 high Retired NORM']);
    expect(retired.rows).toEqual([]);
    const cleared = started()
      .run(clock(5))
      .restart(buildModel([tank], [rule(12)], 'r2'));
    expect(cleared.story).toEqual(['1 high Active UNACK', '5 high Cleared RTNUN']);
  });

  it('shows a changed priority on an alarm that stands', () => {
    const driver = started().run(change(5, buildModel([tank], [rule(10, { priority: 'Critical' })], 'r2')));
    expect(driver.rows[0]).toMatchObject({ priority: 'Critical', version: 2, active: true });
    expect(driver.story).toHaveLength(1);
  });

  it('never mixes simulated with real: alarms and values begin anew, in both directions', () => {
    const simulated = buildModel([{ ...tank, simulated: true }], [rule(10)], 'r2');
    const driver = started().run(change(5, simulated), read(2, 'tank/level', 12), change(9, { ...before, revision: 'r3' }));
    expect(driver.story).toEqual(['1 high Active UNACK', '5 high Retired NORM', '2 high Active UNACK', '9 high Retired NORM']);
    expect(driver.journal.map((row) => row.simulated)).toEqual([false, false, true, true]);
    expect(driver.rows.every(({ active, simulated: mark }) => !active && !mark)).toBe(true);
  });

  it('keeps the slots of tags that stay, also when the tag was away', () => {
    const { engine } = started();
    const slot = engine.slot('tank', 'flow');
    engine.setModel(buildModel([buildDevice('tank', [buildTag('new'), buildTag('level')])], [], 'r2'), 5e6);
    engine.setModel({ ...before, revision: 'r3' }, 6e6);
    expect(engine.slot('tank', 'flow')).toBe(slot);
    expect(engine.slot('tank', 'nothing')).toBe(-1);
    expect(engine.readingAt(-1, 7e6, 1, 0, 0, 0)).toBe(false);
  });

  it('raises the communication alarm of a link that is lost already', () => {
    const calling = { ...tank, communicationAlarm: { priority: 'High', onDelay: '10s' } } as const;
    const driver = started().run(connect(2, 'tank', false), change(5, buildModel([calling], [rule(10)], 'r2')), clock(15));
    expect(driver.story.at(-1)).toBe('15 communication Active UNACK');
  });
});
