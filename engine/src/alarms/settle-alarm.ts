import type { SiteState } from '../site/site-state.ts';
import { type Alarm, delayUs, isInhibited } from './alarm.ts';
import { clearAlarm, raiseAlarm, setPending } from './change-alarm.ts';
import { confirmedUs } from './confirmed.ts';
import { conditionHolds } from './condition-holds.ts';

/** Bring an alarm in line with its condition as of `timeUs`; then the limit inside it, which it may hold back or free. */
export function settleAlarm(site: SiteState, alarm: Alarm, timeUs: number): void {
  const holds = conditionHolds(site, alarm);
  const wasActive = alarm.state.active;
  if (isInhibited(alarm)) settleInhibited(site, alarm, holds, timeUs);
  else if (holds !== undefined) settleFree(site, alarm, holds, timeUs);
  if (alarm.inner !== undefined && alarm.state.active !== wasActive) settleAlarm(site, alarm.inner, timeUs);
}

function settleFree(site: SiteState, alarm: Alarm, holds: boolean, timeUs: number): void {
  const { state, definition } = alarm;
  if (holds === state.active) {
    if (state.pending !== undefined) setPending(site, alarm, undefined, timeUs);
    return;
  }
  // Silence has no reading to begin with: when a tag becomes stale is reckoned by the owner's clock alone.
  if (holds && definition.test.kind === 'Stale') return;
  const sinceUs = state.pendingSinceUs ?? timeUs;
  if (timeUs - sinceUs >= delayUs(alarm)) endDelay(site, alarm, timeUs);
  else if (state.pending === undefined) setPending(site, alarm, state.active ? 'Off' : 'On', timeUs);
}

/** Its condition goes on being watched, so that it comes at once when the outer limit goes. */
function settleInhibited(site: SiteState, alarm: Alarm, holds: boolean | undefined, timeUs: number): void {
  const { state, definition } = alarm;
  if (state.active) {
    clearAlarm(site, alarm, timeUs);
    if (holds !== false) setPending(site, alarm, 'On', (state.activeTimeUs ?? timeUs) - definition.onDelayUs);
  } else if (holds === true && state.pending === undefined) {
    setPending(site, alarm, 'On', timeUs);
  } else if (holds === false && state.pending !== undefined) {
    setPending(site, alarm, undefined, timeUs);
  }
}

function endDelay(site: SiteState, alarm: Alarm, timeUs: number): void {
  if (alarm.state.active) clearAlarm(site, alarm, timeUs);
  else raiseAlarm(site, alarm, timeUs);
  site.staleBoundUs = Math.min(site.staleBoundUs, staleAtUs(site, alarm) ?? Infinity);
}

/** When a tag becomes stale should nothing more be heard of it; undefined for other alarms. */
export function staleAtUs(site: SiteState, { definition, slot }: Alarm): number | undefined {
  const { test, onDelayUs } = definition;
  return test.kind === 'Stale' ? confirmedUs(site, slot) + test.afterUs + onDelayUs : undefined;
}

/** When the running delay ends; undefined where none runs, the limit is held back, or the value cannot be told. */
export function delayEndUs(site: SiteState, alarm: Alarm): number | undefined {
  const { pending, pendingSinceUs } = alarm.state;
  if (pending === undefined || pendingSinceUs === undefined || isInhibited(alarm)) return undefined;
  if (conditionHolds(site, alarm) === undefined) return undefined;
  return pendingSinceUs + delayUs(alarm);
}

/** A delay has run out: the alarm comes or goes, at that very time. */
export function finishDelay(site: SiteState, alarm: Alarm, endUs: number): void {
  endDelay(site, alarm, endUs);
  if (alarm.inner !== undefined) settleAlarm(site, alarm.inner, endUs);
}
