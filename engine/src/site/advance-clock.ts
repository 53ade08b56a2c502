import { raiseAlarm } from '../alarms/change-alarm.ts';
import { runsByClock } from '../alarms/moment.ts';
import { delayEndUs, staleAtUs } from '../alarms/settle-alarm.ts';
import { finishDelays, refreshPoint } from './settle-point.ts';
import type { SiteState } from './site-state.ts';
import { finishCommunicationDelay } from './take-connection.ts';

/**
 * What only the owner's clock can decide: delays of devices whose link is lost, and tags of which nothing is heard.
 * Causes are named by the time at which a delay ends, so a replay from the same state names them alike.
 */
export function advanceClock(site: SiteState, nowUs: number): void {
  site.nowUs = Math.max(site.nowUs, nowUs);
  const nameCause = (endUs: number): void => {
    site.cause.text = `clock:${site.epoch}:${endUs}`;
  };
  for (const device of site.lost.size > 0 ? site.devices.values() : []) {
    finishCommunicationDelay(site, device, site.nowUs, nameCause);
    for (const slot of device.watched) if (site.clocked.has(slot)) finishLost(site, slot, nameCause);
  }
  if (site.nowUs >= Math.max(site.staleBoundUs, site.staleFromUs)) raiseStale(site, nameCause);
}

function finishLost(site: SiteState, slot: number, nameCause: (endUs: number) => void): void {
  finishDelays(site, slot, site.nowUs, { only: runsByClock, nameCause });
  refreshPoint(site, slot);
}

function raiseStale(site: SiteState, nameCause: (endUs: number) => void): void {
  for (const alarm of site.staleAlarms) {
    const endUs = staleAtUs(site, alarm);
    if (alarm.state.active || endUs === undefined || endUs > site.nowUs) continue;
    nameCause(endUs);
    raiseAlarm(site, alarm, endUs);
    refreshPoint(site, alarm.slot);
  }
  boundStale(site);
}

/** Work out before when no tag can become stale. */
export function boundStale(site: SiteState): void {
  site.staleBoundUs = Infinity;
  for (const alarm of site.staleAlarms) {
    if (!alarm.state.active) site.staleBoundUs = Math.min(site.staleBoundUs, staleAtUs(site, alarm) ?? Infinity);
  }
}

/** When the clock has to be looked at next; undefined: not before something happens. */
export function nextDeadlineUs(site: SiteState): number | undefined {
  let next = Math.max(site.staleBoundUs, site.staleFromUs);
  for (const { communication } of site.lost) {
    if (communication !== undefined) next = Math.min(next, delayEndUs(site, communication) ?? Infinity);
  }
  for (const slot of site.clocked) {
    for (const alarm of site.alarmsOf[slot] ?? []) if (runsByClock(site, alarm)) next = Math.min(next, delayEndUs(site, alarm) ?? Infinity);
  }
  return next === Infinity ? undefined : next;
}
