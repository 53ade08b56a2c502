import type { AlarmStateName } from '@kubeplant/words';
import type { AlarmState } from '../types.ts';

type Facts = Pick<AlarmState, 'active' | 'acknowledged' | 'suppressed' | 'occurrence'>;

/** Shown state of an alarm (ISA-18.2). A suppressed alarm that would be NORM is NORM: there is nothing to hide. */
export function shownState({ active, acknowledged, suppressed, occurrence }: Facts): AlarmStateName {
  if (!active && (acknowledged || occurrence === '')) return 'NORM';
  if (suppressed) return 'DSUPR';
  if (active) return acknowledged ? 'ACKED' : 'UNACK';
  return 'RTNUN';
}
