import type { Device } from '@kubeplant/api-client';
import { describe, expect, it } from 'vitest';
import { deviceConditions, readConditions } from './read-conditions.ts';

const device = { ready: true, connected: true, dataFlowing: false, reason: 'Timeout', message: 'no reply within 1 s' } as Device; // Only what conditions look at.

describe('the conditions of a device', () => {
  it('are those of its status', () => {
    const status = { conditions: [{ type: 'Ready', status: 'False', reason: 'ProfileNotFound', message: 'no such profile' }, 'nonsense'] };
    expect(deviceConditions({ status }, device)).toEqual([
      { type: 'Ready', status: 'False', reason: 'ProfileNotFound', message: 'no such profile' },
    ]);
  });

  it('are what the api knows where no status is written', () => {
    const shown = deviceConditions({ status: { observedGeneration: -1 } }, device).map(({ type, status }) => `${type}=${status}`);
    expect(shown).toEqual(['Ready=True', 'Connected=True', 'DataFlowing=False']);
    expect(deviceConditions({}, { ...device, connected: null, dataFlowing: null })).toHaveLength(1);
  });

  it('are none in a status that is no object', () => expect(readConditions({ status: 'x' })).toEqual([]));
});
