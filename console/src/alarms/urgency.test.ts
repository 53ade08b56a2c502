import type { Alarm } from '@kubeplant/api-client';
import { describe, expect, it } from 'vitest';
import { byUrgency } from './urgency.ts';

const row = (id: string, state: Alarm['state'], priority: Alarm['priority'], activeTime: string) =>
  ({ id, state, priority, activeTime }) as Alarm; // Only what the order looks at.

describe('the order of alarms', () => {
  it('is unacknowledged first, then priority, then the newest', () => {
    const rows = [
      row('acked critical', 'ACKED', 'Critical', '2026-11-21T09:05:00Z'),
      row('old high', 'UNACK', 'High', '2026-11-21T09:00:00Z'),
      row('low', 'UNACK', 'Low', '2026-11-21T09:09:00Z'),
      row('new high', 'RTNUN', 'High', '2026-11-21T09:01:00Z'),
      row('acked low', 'ACKED', 'Low', '2026-11-21T09:09:00Z'),
    ];
    expect(rows.sort(byUrgency).map(({ id }) => id)).toEqual(['new high', 'old high', 'low', 'acked critical', 'acked low']);
  });
});
