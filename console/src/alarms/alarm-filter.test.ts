import type { Alarm } from '@kubeplant/api-client';
import { describe, expect, it } from 'vitest';
import { filterAlarms, parseAlarmFilter } from './alarm-filter.ts';

const row = (id: string, more: Partial<Alarm>): Alarm =>
  ({
    id,
    state: 'UNACK',
    priority: 'High',
    namespace: 'default',
    site: 'riverside',
    rule: 'r',
    device: 'pump-1',
    tag: 'status',
    limit: 'condition',
    message: 'pump-1 has tripped',
    ...more,
  }) as Alarm; // Only what the filter looks at.

const rows = [
  row('tripped', {}),
  row('acked', { state: 'ACKED', priority: 'Low', device: 'station', message: 'Level is high' }),
  row('shelved', { state: 'SHLVD' }),
  row('elsewhere', { site: 'hilltop' }),
];
const shown = (query: string) => filterAlarms(rows, parseAlarmFilter(new URLSearchParams(query))).map(({ id }) => id);

describe('the filter of alarms', () => {
  it.each([
    ['', ['tripped', 'acked', 'elsewhere']],
    ['show=unacknowledged', ['tripped', 'elsewhere']],
    ['show=hidden', ['shelved']],
    ['priority=Low,Critical', ['acked']],
    ['site=default/riverside', ['tripped', 'acked']],
    ['q=PUMP trip', ['tripped', 'elsewhere']],
    ['show=nonsense', ['tripped', 'acked', 'elsewhere']],
  ])('%j', (query, ids) => expect(shown(query)).toEqual(ids));
});
