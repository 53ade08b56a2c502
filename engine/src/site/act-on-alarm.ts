import { journal } from '../alarms/change-alarm.ts';
import type { ActionResult, AlarmAction } from '../types.ts';
import type { SiteState } from './site-state.ts';

/** Carry out an operator's action, if it is about the alarm as it is now. Acknowledging twice changes nothing. */
export function actOnAlarm(site: SiteState, action: AlarmAction): ActionResult {
  const alarm = site.alarms.get(action.alarm);
  if (alarm === undefined) return { kind: 'unknown' };
  const { state } = alarm;
  if (state.occurrence !== action.occurrence || state.version !== action.version) return { kind: 'changed', present: state };
  const acknowledges = action.kind === 'Acknowledge';
  if (acknowledges && state.acknowledged) return { kind: 'done', state };
  const comment = action.comment === undefined ? {} : { comment: action.comment };
  const acknowledged = acknowledges ? { acknowledged: true, acknowledgedTimeUs: action.timeUs, acknowledgedBy: action.user } : {};
  alarm.state = { ...state, ...acknowledged, ...comment, version: state.version + 1 };
  site.cause.text = `user:${action.request}`;
  journal(site, alarm, acknowledges ? 'Acknowledged' : 'Commented', action.timeUs, { user: action.user, ...comment });
  return { kind: 'done', state: alarm.state };
}
