import { isBad, Status } from '@kubeplant/words';
import type { SiteState } from '../site/site-state.ts';
import type { Points } from '../site/points.ts';
import type { Alarm } from './alarm.ts';

/** The reading an alarm looks at. */
export interface Moment {
  readonly value: number;
  readonly text: string | undefined;
  readonly status: number;
  readonly flags: number;
}

const LINK_LOST: Moment = { value: Number.NaN, text: undefined, status: Status.BadNoCommunication, flags: 0 };

/** Last reading of the alarm's tag, or what stands for it while the link is lost. */
export function momentOf({ points }: SiteState, alarm: Alarm): Moment {
  const { slot } = alarm;
  if (slot < 0 || isOverlaid(points, alarm)) return LINK_LOST;
  const { values, statuses, flags, texts } = points;
  return { value: values[slot] ?? Number.NaN, text: texts[slot], status: statuses[slot] ?? 0, flags: flags[slot] ?? 0 };
}

/** No value that could be used. */
export const hasNoValue = ({ value, text, status }: Moment): boolean => isBad(status) || (text === undefined && !Number.isFinite(value));

/** Alarms that a Bad value concerns; for the others a lost link changes nothing. */
export function reactsToBad({ definition: { test } }: Alarm): boolean {
  return test.kind === 'Quality' || ((test.kind === 'Limit' || test.kind === 'Discrete') && test.raisesOnBad);
}

/** The link is lost and no reading of the tag has come since: its value cannot be used. A Bad reading speaks for itself. */
export function isOverlaid({ overlays, times, statuses }: Points, alarm: Alarm): boolean {
  const { slot } = alarm;
  if (overlays[slot] !== 1 || !reactsToBad(alarm)) return false;
  return times[slot] === -Infinity || !isBad(statuses[slot] ?? 0);
}

/** Its delay runs by the owner's clock: the link is lost, and with it the value the alarm waits for. */
export function runsByClock(site: SiteState, alarm: Alarm): boolean {
  if (alarm.state.pending !== 'On' || !reactsToBad(alarm)) return false;
  return site.devices.get(alarm.definition.device)?.connected === false && hasNoValue(momentOf(site, alarm));
}
