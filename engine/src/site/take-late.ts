import { type Alarm, isInhibited } from '../alarms/alarm.ts';
import { isSuppressed, reviseAlarm, setPending } from '../alarms/change-alarm.ts';
import { shownState } from '../alarms/shown-state.ts';
import { identify } from '../late/late-track.ts';
import type { AlarmState, AlarmTransition, LateFindings, LateJoin, LatePending } from '../types.ts';
import { lateCause } from './cause.ts';
import { refreshPoint, settleAlarms } from './settle-point.ts';
import type { SiteState } from './site-state.ts';

/** What was found in late readings: rows for the journal, and what they change in alarms as they stand. Alarms that are gone are left out. */
export function takeLate(site: SiteState, { transitions, joined, passed, open, pending }: LateFindings): void {
  for (const row of transitions) if (site.alarms.has(row.alarm)) site.transitions.push(row);
  for (const join of joined) withAlarm(site, join.alarm, (alarm) => beginEarlier(site, alarm, join));
  for (const { active, cleared } of passed) withAlarm(site, active.alarm, (alarm) => standUnacknowledged(site, alarm, active, cleared));
  for (const row of open) withAlarm(site, row.alarm, (alarm) => goOn(site, alarm, row));
  for (const delay of pending) withAlarm(site, delay.alarm, (alarm) => moveDelay(site, alarm, delay));
  // A limit that is held back by one that goes on clears both ways: it is the same row.
  site.transitions = [...new Map(site.transitions.map((row) => [row.id, row])).values()];
}

function withAlarm(site: SiteState, id: string, run: (alarm: Alarm) => void): void {
  const alarm = site.alarms.get(id);
  if (alarm !== undefined) run(alarm);
}

function beginEarlier(site: SiteState, alarm: Alarm, { occurrence, activeTimeUs }: Omit<LateJoin, 'alarm'>): void {
  const { state } = alarm;
  if (state.occurrence === occurrence && activeTimeUs < (state.activeTimeUs ?? -Infinity)) reviseAlarm(site, alarm, { activeTimeUs });
}

/** It came and went, and nobody has seen it: it stands until somebody has, unless there is something newer to see. */
function standUnacknowledged(site: SiteState, alarm: Alarm, active: AlarmTransition, cleared: AlarmTransition): void {
  if (shownState(alarm.state) !== 'NORM' || cleared.state === 'NORM') return;
  alarm.state = { ...occurrenceOf(site, alarm, active), active: false, clearedTimeUs: cleared.timeUs };
  site.changed.add(alarm);
}

/** It came and has not gone: part of the alarm that stands, or active from now on, if the value of now does not say otherwise. */
function goOn(site: SiteState, alarm: Alarm, row: AlarmTransition): void {
  if (alarm.state.active) {
    const { occurrence } = alarm.state;
    site.transitions.push(identify(row, occurrence));
    beginEarlier(site, alarm, { occurrence, activeTimeUs: row.timeUs });
    return;
  }
  site.transitions.push(row);
  alarm.state = { ...occurrenceOf(site, alarm, row), active: true };
  if (row.state !== 'UNACK') alarm.state = { ...alarm.state, acknowledged: true };
  setPending(site, alarm, undefined, row.timeUs);
  const nowUs = Math.max(row.timeUs, site.points.times[alarm.slot] ?? -Infinity);
  site.cause.text = lateCause(row.device, row.tag, nowUs);
  settleAlarms(site, alarm.slot, nowUs);
}

function occurrenceOf(site: SiteState, alarm: Alarm, { occurrence, timeUs, message, simulated, value }: AlarmTransition): AlarmState {
  const { id, ruleUid, rule, device, tag, limit, priority, version, pending, pendingSinceUs } = alarm.state;
  return {
    ...{ id, ruleUid, rule, device, tag, limit, priority, occurrence, message, simulated, activeTimeUs: timeUs },
    ...{ active: false, acknowledged: false, suppressed: isSuppressed(site, alarm), version: version + 1 },
    ...(value === undefined ? {} : { value }),
    ...(pending === undefined || pendingSinceUs === undefined ? {} : { pending, pendingSinceUs }),
  };
}

/** A delay runs, and began at another reading than was thought; unless something has come since. */
function moveDelay(site: SiteState, alarm: Alarm, { pending, sinceUs, untilUs }: LatePending): void {
  const { state, slot } = alarm;
  if (state.active !== (pending === 'Off') || isInhibited(alarm)) return;
  const thoughtUs = state.pendingSinceUs ?? site.points.times[slot] ?? Infinity;
  if (thoughtUs > untilUs || state.pendingSinceUs === sinceUs) return;
  setPending(site, alarm, pending, sinceUs);
  refreshPoint(site, slot);
}
