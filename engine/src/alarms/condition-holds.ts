import type { SiteState } from '../site/site-state.ts';
import type { Alarm } from './alarm.ts';
import { confirmedUs } from './confirmed.ts';
import { hasNoValue, isOverlaid, momentOf, reactsToBad } from './moment.ts';

/** Does the condition hold? Undefined: it cannot be told (no reading yet, no value), the alarm stays as it is. */
export function conditionHolds(site: SiteState, alarm: Alarm): boolean | undefined {
  const { test } = alarm.definition;
  if (test.kind === 'Communication') return site.devices.get(alarm.definition.device)?.connected === false;
  if (test.kind === 'Stale') return confirmedUs(site, alarm.slot) + test.afterUs <= site.nowUs;
  const { points } = site;
  if (!isOverlaid(points, alarm) && points.times[alarm.slot] === -Infinity) return reactsToBad(alarm) ? false : undefined;
  const moment = momentOf(site, alarm);
  const noValue = hasNoValue(moment);
  if (test.kind === 'Quality') return noValue;
  if (noValue) return test.raisesOnBad ? true : undefined;
  if (test.kind === 'Discrete') return test.alarms(moment.value, moment.text);
  const edge = alarm.state.active ? test.clearAt : test.raiseAt;
  return test.high ? moment.value > edge : moment.value < edge;
}
