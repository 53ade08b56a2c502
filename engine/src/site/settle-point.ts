import { type Alarm, isInhibited } from '../alarms/alarm.ts';
import { runsByClock } from '../alarms/moment.ts';
import { delayEndUs, finishDelay, settleAlarm } from '../alarms/settle-alarm.ts';
import type { SiteState } from './site-state.ts';

/** `only`: leave the other alarms alone. `nameCause`: called before each end. */
interface FinishOptions {
  readonly only?: (site: SiteState, alarm: Alarm) => boolean;
  readonly nameCause?: (endUs: number) => void;
}

/** Delays of a tag's alarms that end until then, in the order of their ends; the value so far held until then. */
export function finishDelays(site: SiteState, slot: number, untilUs: number, { only, nameCause }: FinishOptions = {}): void {
  const alarms = site.alarmsOf[slot] ?? [];
  for (;;) {
    let next: Alarm | undefined;
    let endUs = Infinity;
    for (const alarm of alarms) {
      if (only?.(site, alarm) === false) continue;
      const end = delayEndUs(site, alarm);
      if (end !== undefined && end <= untilUs && end < endUs) [next, endUs] = [alarm, end];
    }
    if (next === undefined) return;
    nameCause?.(endUs);
    finishDelay(site, next, endUs);
  }
}

/** Evaluate a tag's alarms against its last reading. */
export function settleAlarms(site: SiteState, slot: number, timeUs: number): void {
  for (const alarm of site.alarmsOf[slot] ?? []) settleAlarm(site, alarm, timeUs);
  refreshPoint(site, slot);
}

/** Work out anew which values may pass unseen, and who has to be asked when time goes on. */
export function refreshPoint(site: SiteState, slot: number): void {
  const { points } = site;
  const alarms = site.alarmsOf[slot] ?? [];
  const runs = alarms.some((alarm) => alarm.state.pending !== undefined && !isInhibited(alarm));
  const stale = alarms.some((alarm) => alarm.definition.test.kind === 'Stale' && alarm.state.active);
  const overlaid = points.overlays[slot] === 1;
  mark(site.devices.get(points.devices[slot] ?? '')?.busy, slot, runs || stale);
  mark(site.clocked, slot, runs && alarms.some((alarm) => runsByClock(site, alarm)));
  const noisy = runs || stale || overlaid || alarms.some(changesWithAnyValue) || points.texts[slot] !== undefined;
  let above = noisy ? Number.NaN : -Infinity;
  let below = noisy ? Number.NaN : Infinity;
  if (!noisy) {
    for (const alarm of alarms) {
      const edge = edgeOf(alarm);
      if (edge?.side === 'above') above = Math.max(above, edge.at);
      else if (edge?.side === 'below') below = Math.min(below, edge.at);
    }
  }
  points.quietAbove[slot] = above;
  points.quietBelow[slot] = below;
}

/** Discrete conditions look at each value; a quality alarm that stands goes with the first good one, as does one a bad value raised. */
function changesWithAnyValue({ definition, state }: Alarm): boolean {
  const { test } = definition;
  if (test.kind === 'Discrete') return true;
  if (test.kind === 'Quality') return state.active;
  return test.kind === 'Limit' && test.raisesOnBad && state.active && state.value === undefined;
}

/** The edge a value has to cross to change the alarm, and on which side of it quiet values lie. */
function edgeOf({ definition, state }: Alarm): { at: number; side: 'above' | 'below' } | undefined {
  const { test } = definition;
  if (test.kind !== 'Limit') return undefined;
  const beyond = state.active || state.pending !== undefined;
  const at = state.active ? test.clearAt : test.raiseAt;
  return { at, side: test.high === beyond ? 'above' : 'below' };
}

function mark(set: Set<number> | undefined, slot: number, member: boolean): void {
  if (member) set?.add(slot);
  else set?.delete(slot);
}
