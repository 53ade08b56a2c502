import { describe, expect, it } from 'vitest';
import { buildDevice, buildLimit, buildModel, buildRule, buildTag } from '../testing/build-model.ts';
import { EngineDriver, read, us } from '../testing/drive-engine.ts';
import type { AlarmAction, AlarmState } from '../types.ts';

const model = buildModel(
  [buildDevice('tank', [buildTag('level')])],
  [buildRule('r', { type: 'Limit', mode: 'NonExclusive', limits: { high: buildLimit(10) } }, ['tank/level'])],
);

function standing(): { driver: EngineDriver; alarm: AlarmState } {
  const driver = new EngineDriver(model).run(read(1, 'tank/level', 11));
  const [alarm] = driver.engine.standing();
  if (alarm === undefined) throw new Error('no alarm stands');
  return { driver, alarm };
}

const action = ({ id, occurrence, version }: AlarmState, more: Partial<AlarmAction> = {}): AlarmAction => ({
  ...{ kind: 'Acknowledge', alarm: id, occurrence, version, user: 'ada', timeUs: us(5), request: 'q1' },
  ...more,
});

describe('an operator', () => {
  it('acknowledges an alarm that stands, then it goes to normal by itself', () => {
    const { driver, alarm } = standing();
    const result = driver.engine.act(action(alarm, { comment: 'on it' }));
    expect(result).toMatchObject({
      kind: 'done',
      state: { acknowledged: true, acknowledgedBy: 'ada', acknowledgedTimeUs: us(5), comment: 'on it', version: 2 },
    });
    driver.run(read(6, 'tank/level', 9));
    expect(driver.story).toEqual(['1 high Active UNACK', '5 high Acknowledged ACKED', '6 high Cleared NORM']);
    expect(driver.journal[1]).toMatchObject({ user: 'ada', comment: 'on it', cause: 'user:q1' });
    expect(driver.engine.standing()).toEqual([]);
  });

  it('acknowledges an alarm that went', () => {
    const { driver } = standing();
    driver.run(read(2, 'tank/level', 9));
    const [alarm] = driver.engine.standing();
    expect(driver.engine.act(action(alarm as AlarmState))).toMatchObject({ kind: 'done' });
    driver.commit();
    expect(driver.story.at(-1)).toBe('5 high Acknowledged NORM');
  });

  it('is told when the alarm changed meanwhile: it went, or came again', () => {
    const { driver, alarm } = standing();
    driver.run(read(2, 'tank/level', 9));
    expect(driver.engine.act(action(alarm))).toMatchObject({ kind: 'changed', present: { active: false, version: 2 } });
    driver.run(read(3, 'tank/level', 11));
    const result = driver.engine.act(action(alarm, { version: 3 }));
    expect(result).toMatchObject({ kind: 'changed', present: { active: true, version: 3 } });
    expect(driver.commit().transitions).toEqual([]);
  });

  it('changes nothing by acknowledging twice', () => {
    const { driver, alarm } = standing();
    driver.engine.act(action(alarm));
    driver.commit();
    expect(driver.engine.act(action(alarm, { version: 2 }))).toMatchObject({ kind: 'done', state: { version: 2 } });
    expect(driver.commit()).toEqual({ states: [], removed: [], transitions: [] });
  });

  it('comments as often as wanted, each a row of its own', () => {
    const { driver, alarm } = standing();
    driver.engine.act(action(alarm, { kind: 'Comment', comment: 'valve stuck', request: 'a' }));
    driver.engine.act(action(alarm, { kind: 'Comment', comment: 'fitter called', request: 'b', version: 2 }));
    driver.commit();
    expect(driver.story.slice(1)).toEqual(['5 high Commented UNACK', '5 high Commented UNACK']);
    expect(new Set(driver.journal.map(({ id }) => id)).size).toBe(3);
    expect(driver.rows[0]).toMatchObject({ acknowledged: false, comment: 'fitter called', version: 3 });
  });

  it('is told that an alarm is unknown', () => {
    const { driver, alarm } = standing();
    expect(driver.engine.act(action(alarm, { alarm: 'nobody' }))).toEqual({ kind: 'unknown' });
  });

  it('begins the next occurrence without the comment and acknowledgement of the last', () => {
    const { driver, alarm } = standing();
    driver.engine.act(action(alarm, { comment: 'old' }));
    driver.run(read(6, 'tank/level', 9), read(7, 'tank/level', 11));
    const [again] = driver.engine.standing();
    expect(again).toMatchObject({ acknowledged: false, version: 4 });
    expect(again).not.toHaveProperty('comment');
    expect(again).not.toHaveProperty('acknowledgedBy');
  });
});
