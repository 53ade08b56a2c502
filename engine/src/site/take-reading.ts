import { isBad } from '@kubeplant/words';
import { copyCause } from './cause.ts';
import { finishDelays, settleAlarms } from './settle-point.ts';
import type { SiteState } from './site-state.ts';

/** A reading of a known tag. */
export interface Sample {
  readonly timeUs: number;
  readonly value: number;
  readonly text: string | undefined;
  readonly status: number;
  readonly flags: number;
}

/** Take a reading that is not older than the newest: delays that end before it, then the reading itself. */
export function takeReading(site: SiteState, slot: number, sample: Sample): void {
  const { points } = site;
  const alarms = site.alarmsOf[slot];
  const asBefore = alarms === undefined || changesNothing(site, slot, sample);
  if (!asBefore) finishDelays(site, slot, sample.timeUs);
  points.times[slot] = sample.timeUs;
  points.values[slot] = sample.value;
  points.statuses[slot] = sample.status;
  points.flags[slot] = sample.flags;
  points.texts[slot] = sample.text;
  if (points.feeds[slot] === 1) markReaders(site, slot);
  if (asBefore) return;
  points.overlays[slot] = 0;
  settleAlarms(site, slot, sample.timeUs);
}

/** The same value again, no delay running: conditions cannot have changed. */
function changesNothing({ points, devices }: SiteState, slot: number, { value, text, status }: Sample): boolean {
  if (points.times[slot] === -Infinity || points.overlays[slot] === 1) return false;
  if (devices.get(points.devices[slot] ?? '')?.busy.has(slot)) return false;
  return Object.is(points.values[slot], value) && points.texts[slot] === text && isBad(points.statuses[slot] ?? 0) === isBad(status);
}

/** Calculated tags that read this one are due. */
export function markReaders(site: SiteState, slot: number): void {
  for (const calculation of site.readersOf[slot] ?? []) {
    calculation.due = true;
    copyCause(site.cause, calculation.cause);
  }
  site.calculationsDue = true;
}
