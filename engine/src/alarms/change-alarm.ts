import { Flag, type TransitionKind } from '@kubeplant/words';
import { causeText, isLateCause } from '../site/cause.ts';
import type { SiteState } from '../site/site-state.ts';
import type { AlarmState, AlarmTransition } from '../types.ts';
import type { Alarm } from './alarm.ts';
import { occurrenceId, transitionId } from './alarm-id.ts';
import { formatMessage } from './format-message.ts';
import { momentOf } from './moment.ts';
import { shownState } from './shown-state.ts';

/** The alarm comes: a new occurrence. */
export function raiseAlarm(site: SiteState, alarm: Alarm, timeUs: number): void {
  const { definition, state } = alarm;
  const moment = momentOf(site, alarm);
  const { id, ruleUid, rule, device, tag, limit, priority } = definition;
  alarm.state = {
    ...{ id, ruleUid, rule, device, tag, limit, priority },
    ...{ active: true, acknowledged: definition.acknowledge === 'NotRequired', suppressed: isSuppressed(site, alarm) },
    occurrence: occurrenceId(id, state.occurrence, timeUs, causeText(site.cause)),
    ...{ version: state.version + 1, activeTimeUs: timeUs, ...numberOf(moment.value) },
    message: formatMessage(definition.message, {
      ...moment,
      device,
      tag,
      unit: definition.unit,
      limit: definition.limitText,
      states: definition.states,
    }),
    simulated: definition.simulated || (moment.flags & Flag.Simulated) !== 0,
  };
  journal(site, alarm, 'Active', timeUs);
}

/** The alarm goes. */
export function clearAlarm(site: SiteState, alarm: Alarm, timeUs: number): void {
  const { pending: _pending, pendingSinceUs: _since, ...state } = alarm.state;
  alarm.state = { ...state, active: false, clearedTimeUs: timeUs, version: state.version + 1 };
  journal(site, alarm, 'Cleared', timeUs);
}

/** A delay begins, or ends without effect (`pending` undefined). Not visible to operators: the version stays. */
export function setPending(site: SiteState, alarm: Alarm, pending: 'On' | 'Off' | undefined, sinceUs: number): void {
  const { pending: _pending, pendingSinceUs: _since, ...state } = alarm.state;
  alarm.state = pending === undefined ? state : { ...state, pending, pendingSinceUs: sinceUs };
  site.changed.add(alarm);
}

/** Something an operator sees changed, without a row in the journal. */
export function reviseAlarm(
  site: SiteState,
  alarm: Alarm,
  change: Partial<Pick<AlarmState, 'suppressed' | 'priority' | 'rule' | 'activeTimeUs'>>,
): void {
  alarm.state = { ...alarm.state, ...change, version: alarm.state.version + 1 };
  site.changed.add(alarm);
}

/** Its rule, tag or device is gone, or it would mix simulated with real: one that stands is journalled, the row goes. */
export function retireAlarm(site: SiteState, alarm: Alarm, timeUs: number): void {
  if (shownState(alarm.state) !== 'NORM') {
    alarm.state = { ...alarm.state, active: false, acknowledged: true, suppressed: false };
    journal(site, alarm, 'Retired', timeUs);
  }
  site.changed.delete(alarm);
  site.alarms.delete(alarm.definition.id);
  site.removed.add(alarm.definition.id);
}

/** Write a row of the journal for the alarm as it is now. */
export function journal(
  site: SiteState,
  alarm: Alarm,
  kind: TransitionKind,
  timeUs: number,
  by?: { user: string; comment?: string },
): void {
  const { state } = alarm;
  const cause = causeText(site.cause);
  const { id, ruleUid, rule, device, tag, limit, priority, occurrence, message, simulated } = state;
  const transition: AlarmTransition = {
    ...{ id: transitionId(id, occurrence, kind, cause), alarm: id, ruleUid, rule, device, tag, limit, priority, occurrence, kind },
    ...{ state: shownState(state), timeUs, message, cause, simulated, late: isLateCause(cause) },
    ...(by === undefined ? readingOf(site, alarm) : by),
  };
  site.transitions.push(transition);
  site.changed.add(alarm);
}

function readingOf(site: SiteState, alarm: Alarm): { value?: number; status?: number } {
  if (alarm.slot < 0) return {};
  const { value, status } = momentOf(site, alarm);
  return { ...numberOf(value), status };
}

const numberOf = (value: number): { value?: number } => (Number.isFinite(value) ? { value } : {});

/** Under an active communication alarm a device's stale and quality alarms tell nothing new. */
export function isSuppressed(site: SiteState, { definition }: Alarm): boolean {
  const { kind } = definition.test;
  if (kind !== 'Stale' && kind !== 'Quality') return false;
  return site.devices.get(definition.device)?.communication?.state.active === true;
}
