import { describe, expect, it } from 'vitest';
import { createFakeClock } from '../testing/create-fake-clock.ts';
import { createStanding, type StandingRules } from './create-standing.ts';

const plain: StandingRules = { highAvailability: 'Off', onIsolation: 'KeepPolling' };
const warm: StandingRules = { highAvailability: 'Warm', onIsolation: 'KeepPolling' };
const careful: StandingRules = { highAvailability: 'Off', onIsolation: 'StopPolling' };
const active = { active: true, reason: '' };
const standby = { active: false, reason: 'HeldByPeer: s-0-1 holds this shard' };

function setUp(rules: StandingRules) {
  const clock = createFakeClock();
  const changes: boolean[] = [];
  const standing = createStanding({ clock, onChange: (polling) => changes.push(polling) });
  standing.setRules(rules);
  return { clock, changes, standing };
}

describe('createStanding', () => {
  it('polls from the start and through any silence, until it is told to stand by', () => {
    const { standing, clock, changes } = setUp(plain);
    expect(standing.polling).toBe(true);
    standing.told(active);
    clock.advance(3_600_000);
    expect(changes).toEqual([true]);
    expect(standing.problem()).toBeUndefined();
    standing.told(standby);
    expect(changes).toEqual([true, false]);
    expect(standing.problem()).toBe(standby.reason);
  });

  it('waits for its turn when it is a warm standby', () => {
    const { standing, changes } = setUp(warm);
    expect(standing.polling).toBe(false);
    expect(standing.problem()).toMatch(/^Standby: /);
    standing.told({ active: false, reason: '' });
    expect(standing.problem()).toMatch(/^Standby: another/);
    standing.told(active);
    expect(changes).toEqual([true]);
  });

  it('stops 4 s after the last renewal where it must not poll alone, and goes on when it is heard again', () => {
    const { standing, clock, changes } = setUp(careful);
    expect(standing.polling).toBe(false);
    standing.told(active);
    for (let i = 0; i < 5; i++) {
      clock.advance(3000);
      standing.renewed();
    }
    expect(changes).toEqual([true]);
    clock.advance(3999);
    expect(standing.polling).toBe(true);
    clock.advance(250);
    expect(changes).toEqual([true, false]);
    expect(standing.problem()).toMatch(/^Isolated: /);
    standing.renewed();
    expect(changes).toEqual([true, false, true]);
  });

  it('is not promoted by a renewal that was meant for another', () => {
    const { standing } = setUp(careful);
    standing.told(standby);
    standing.renewed();
    expect(standing.polling).toBe(false);
  });

  it('follows changed rules', () => {
    const { standing, changes } = setUp(warm);
    standing.setRules(plain);
    expect(changes).toEqual([true]);
    expect(standing.problem()).toBeUndefined();
  });

  it('has nothing to say before it has rules', () => {
    const standing = createStanding({ clock: createFakeClock(), onChange: () => {} });
    expect(standing.polling).toBe(false);
    expect(standing.problem()).toBeUndefined();
  });
});
