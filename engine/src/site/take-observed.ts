import { observedUs } from '../alarms/confirmed.ts';
import { settleAlarm } from '../alarms/settle-alarm.ts';
import { finishDelays, refreshPoint } from './settle-point.ts';
import type { DeviceRuntime, SiteState } from './site-state.ts';

/** The tags of a device are as last sent until then. */
export function takeObserved(site: SiteState, device: DeviceRuntime, untilUs: number): void {
  if (!(untilUs > device.observedUs)) return;
  device.observedUs = untilUs;
  // In the order of the model, not of the set: after a restart the journal must read the same.
  if (device.busy.size > 0) for (const slot of device.watched) if (device.busy.has(slot)) confirmPoint(site, slot, untilUs);
  for (const slot of device.derived) {
    const owner = site.devices.get(site.points.devices[slot] ?? '');
    if (owner?.busy.has(slot)) confirmPoint(site, slot, observedUs(site, slot));
  }
}

/** A tag is as it was until then: its delays go on, it is not stale. */
export function confirmPoint(site: SiteState, slot: number, untilUs: number): void {
  finishDelays(site, slot, untilUs);
  for (const alarm of site.alarmsOf[slot] ?? []) {
    if (alarm.definition.test.kind === 'Stale') settleAlarm(site, alarm, untilUs);
  }
  refreshPoint(site, slot);
}
