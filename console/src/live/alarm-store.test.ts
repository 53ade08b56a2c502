import type { Alarm, LiveClient } from '@kubeplant/api-client';
import { describe, expect, it } from 'vitest';
import { createAlarmStore } from './alarm-store.ts';

type Change = Parameters<Parameters<LiveClient['subscribeAlarms']>[0]>[0];

const alarm = (id: string, more: Partial<Alarm> = {}): Alarm => ({
  id,
  occurrence: 'o1',
  version: 1,
  state: 'UNACK',
  priority: 'Medium',
  severity: 400,
  namespace: 'default',
  site: 's',
  rule: 'r',
  device: 'd',
  tag: 't',
  limit: 'high',
  message: id,
  active: true,
  acknowledged: false,
  suppressed: false,
  simulated: false,
  activeTime: '2026-11-21T09:00:00Z',
  ...more,
});

function createFixture() {
  let send: ((change: Change) => void) | undefined;
  const store = createAlarmStore({
    subscribeAlarms: (listener) => {
      send = listener;
      return () => {
        send = undefined;
      };
    },
  });
  return {
    store,
    following: () => send !== undefined,
    send: (change: Partial<Change>) => send?.({ replace: false, alarms: [], journal: [], ...change }),
  };
}

describe('the alarms that stand', () => {
  it('asks for alarms while somebody looks, and no longer', () => {
    const { store, following } = createFixture();
    const stop = [store.subscribe(() => undefined), store.subscribe(() => undefined)];
    expect(following()).toBe(true);
    stop[0]?.();
    expect(following()).toBe(true);
    stop[1]?.();
    expect(following()).toBe(false);
  });

  it('starts from a snapshot, then takes changes, and drops what is normal again', () => {
    const { store, send } = createFixture();
    store.subscribe(() => undefined);
    expect(store.standing().loaded).toBe(false);
    send({ replace: true, alarms: [alarm('a'), alarm('b')] });
    send({ alarms: [alarm('c', { priority: 'Critical' }), alarm('a', { state: 'NORM', version: 2 })] });
    expect(store.standing()).toMatchObject({ loaded: true, alarms: [{ id: 'c' }, { id: 'b' }] });
  });

  it('keeps the newer version when an older one comes late', () => {
    const { store, send } = createFixture();
    store.subscribe(() => undefined);
    send({ replace: true, alarms: [alarm('a', { version: 5, state: 'ACKED' })] });
    send({ alarms: [alarm('a', { version: 4 })] });
    expect(store.standing().alarms[0]?.state).toBe('ACKED');
    send({ alarms: [alarm('a', { occurrence: 'o2', version: 1 })] });
    expect(store.standing().alarms[0]?.state).toBe('UNACK');
  });
});
