import type { Alarm } from '@kubeplant/api-client';
import { SEVERITY } from '@kubeplant/words';

/** Somebody has to acknowledge it. */
export const isUnacknowledged = (alarm: Pick<Alarm, 'state'>): boolean => ['UNACK', 'RTNUN', 'LUNACK'].includes(alarm.state);

/** Hidden from the list an operator must see: shelved, suppressed by design, out of service. */
export const isHidden = (alarm: Pick<Alarm, 'state'>): boolean => ['SHLVD', 'DSUPR', 'OOSRV', 'NORM'].includes(alarm.state);

/** Control-room order: unacknowledged first, then by priority, then the newest. */
export function byUrgency(a: Alarm, b: Alarm): number {
  return (
    Number(isUnacknowledged(b)) - Number(isUnacknowledged(a)) ||
    SEVERITY[b.priority] - SEVERITY[a.priority] ||
    (b.activeTime ?? '').localeCompare(a.activeTime ?? '') ||
    a.id.localeCompare(b.id)
  );
}
