import { observedUs } from '../alarms/confirmed.ts';
import { settleAlarm } from '../alarms/settle-alarm.ts';
import { finishDelays, refreshPoint } from './settle-point.ts';
import type { DeviceRuntime, SiteState } from './site-state.ts';

/** The tags of a device are as last sent until then. */
export function takeObserved(site: SiteState, device: DeviceRuntime, untilUs: number): void {
  if (!(untilUs > device.observedUs)) return;
  device.observedUs = untilUs;
  for (const slot of [...device.busy]) confirmPoint(site, slot, untilUs);
  for (const slot of device.derived) {
    const owner = site.devices.get(site.points.devices[slot] ?? '');
    if (owner?.busy.has(slot)) confirmPoint(site, slot, observedUs(site, slot));
  }
}

function confirmPoint(site: SiteState, slot: number, untilUs: number): void {
  finishDelays(site, slot, untilUs);
  for (const alarm of site.alarmsOf[slot] ?? []) {
    if (alarm.definition.test.kind === 'Stale') settleAlarm(site, alarm, untilUs);
  }
  refreshPoint(site, slot);
}
