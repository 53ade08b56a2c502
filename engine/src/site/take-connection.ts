import { isSuppressed, reviseAlarm } from '../alarms/change-alarm.ts';
import { reactsToBad, runsByClock } from '../alarms/moment.ts';
import { delayEndUs, finishDelay, settleAlarm } from '../alarms/settle-alarm.ts';
import { shownState } from '../alarms/shown-state.ts';
import { finishDelays, refreshPoint } from './settle-point.ts';
import type { DeviceRuntime, SiteState } from './site-state.ts';

/** The link of a device is lost, or back. Told twice it is the same, but for readings that came meanwhile. */
export function takeConnection(site: SiteState, device: DeviceRuntime, connected: boolean, timeUs: number): void {
  finishCommunicationDelay(site, device, timeUs);
  for (const slot of device.watched) finishDelays(site, slot, timeUs, { only: runsByClock });
  device.connected = connected;
  if (connected) site.lost.delete(device);
  else site.lost.add(device);
  if (device.communication !== undefined) settleAlarm(site, device.communication, timeUs);
  suppressAlarms(site, device);
  for (const slot of device.watched) overlayPoint(site, slot, connected, timeUs);
}

/** The communication alarm comes where its delay ended until then. */
export function finishCommunicationDelay(
  site: SiteState,
  device: DeviceRuntime,
  untilUs: number,
  nameCause?: (endUs: number) => void,
): void {
  const alarm = device.communication;
  const endUs = alarm === undefined ? undefined : delayEndUs(site, alarm);
  if (alarm === undefined || endUs === undefined || endUs > untilUs) return;
  nameCause?.(endUs);
  finishDelay(site, alarm, endUs);
  suppressAlarms(site, device);
}

/** Alarms that react to Bad values see the loss; the others keep to the last reading. */
function overlayPoint(site: SiteState, slot: number, connected: boolean, timeUs: number): void {
  const alarms = (site.alarmsOf[slot] ?? []).filter(reactsToBad);
  if (alarms.length === 0) return;
  site.points.overlays[slot] = connected ? 0 : 1;
  for (const alarm of alarms) settleAlarm(site, alarm, timeUs);
  refreshPoint(site, slot);
}

/** Suppress what the lost link explains, or show it again. */
export function suppressAlarms(site: SiteState, device: DeviceRuntime): void {
  for (const slot of device.watched) {
    for (const alarm of site.alarmsOf[slot] ?? []) {
      const suppressed = isSuppressed(site, alarm);
      if (suppressed === alarm.state.suppressed) continue;
      if (shownState(alarm.state) !== 'NORM') reviseAlarm(site, alarm, { suppressed });
      else if (!suppressed) {
        alarm.state = { ...alarm.state, suppressed };
        site.changed.add(alarm);
      }
    }
  }
}
