import type { Alarm } from '@kubeplant/api-client';
import { isHidden, isUnacknowledged } from './urgency.ts';

/** What of the alarms is shown; kept in the address of the page. */
export interface AlarmFilter {
  readonly text: string;
  readonly priorities: readonly string[];
  readonly site: string;
  readonly show: 'all' | 'unacknowledged' | 'hidden';
}

export function parseAlarmFilter(params: URLSearchParams): AlarmFilter {
  const show = params.get('show');
  return {
    text: params.get('q') ?? '',
    priorities: (params.get('priority') ?? '').split(',').filter(Boolean),
    site: params.get('site') ?? '',
    show: show === 'unacknowledged' || show === 'hidden' ? show : 'all',
  };
}

/** Alarms that pass, in the order they came. Every word must occur somewhere. */
export function filterAlarms(alarms: readonly Alarm[], { text, priorities, site, show }: AlarmFilter): readonly Alarm[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return alarms.filter((alarm) => {
    if (isHidden(alarm) !== (show === 'hidden')) return false;
    if (show === 'unacknowledged' && !isUnacknowledged(alarm)) return false;
    if (priorities.length > 0 && !priorities.includes(alarm.priority)) return false;
    if (site !== '' && site !== `${alarm.namespace}/${alarm.site}`) return false;
    const all = `${alarm.message} ${alarm.device} ${alarm.tag} ${alarm.rule} ${alarm.site} ${alarm.limit}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
}
