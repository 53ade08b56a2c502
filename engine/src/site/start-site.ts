import type { Alarm, AlarmDefinition } from '../alarms/alarm.ts';
import { retireAlarm } from '../alarms/change-alarm.ts';
import { hasNoValue, momentOf, reactsToBad } from '../alarms/moment.ts';
import type { AlarmState, EngineStart } from '../types.ts';
import { ensureSlot, type Points } from './points.ts';
import { createSiteState, type DeviceRuntime, type SiteState } from './site-state.ts';
import { takeModel } from './take-model.ts';

/** A site as it was committed last, under the model of now. */
export function startSite({ model, alarms, latest, observed = [], staleFromUs = -Infinity, epoch, nowUs }: EngineStart): SiteState {
  const site = createSiteState(epoch, nowUs, staleFromUs);
  loadReadings(site.points, { model, latest, nowUs });
  takeModel(site, model, nowUs, {
    adopt: (definitions) => adoptRows(site, { model, alarms, definitions }),
    beforeSettling: () => {
      rememberLinks(site);
      for (const { state, slot } of site.staleAlarms) if (state.active) site.points.knownSince[slot] = -Infinity;
      for (const { device, untilUs } of observed) rememberObserved(site.devices.get(device), untilUs);
    },
  });
  return site;
}

/** Rows the model still has an alarm for. The others are retired, and those that would mix simulated with real. */
function adoptRows(
  site: SiteState,
  { model, alarms, definitions }: Pick<EngineStart, 'model' | 'alarms'> & { readonly definitions: readonly AlarmDefinition[] },
): ReadonlyMap<string, AlarmState> {
  const calculated = new Set(model.devices.filter(({ protocol }) => protocol === 'Calculated').map(({ name }) => name));
  const wanted = new Map(definitions.map((definition) => [definition.id, definition]));
  const adopted = new Map<string, AlarmState>();
  for (const state of alarms) {
    const definition = wanted.get(state.id);
    // A calculated alarm takes its mark from its inputs, so there it says nothing of where the row comes from.
    const fits = definition !== undefined && (state.simulated === definition.simulated || calculated.has(definition.device));
    if (fits) adopted.set(state.id, state);
    else retireStored(site, state);
  }
  return adopted;
}

function loadReadings(points: Points, { model, latest, nowUs }: Pick<EngineStart, 'model' | 'latest' | 'nowUs'>): void {
  for (const device of model.devices) for (const tag of device.tags) ensureSlot(points, device.name, tag.name, nowUs);
  for (const { device, tag, timeUs, value, text, status, flags } of latest) {
    const slot = points.slots.get(device)?.get(tag);
    if (slot === undefined) continue;
    points.times[slot] = timeUs;
    points.knownSince[slot] = -Infinity;
    points.values[slot] = value;
    points.statuses[slot] = status;
    points.flags[slot] = flags;
    points.texts[slot] = text;
  }
}

/** A row without a place in the model, or of another origin. */
function retireStored(site: SiteState, state: AlarmState): void {
  const { id, ruleUid, rule, device, tag, limit, priority, simulated, message } = state;
  const definition = {
    ...{
      id,
      ruleUid,
      rule,
      device,
      tag,
      limit,
      priority,
      simulated,
      message,
      onDelayUs: 0,
      offDelayUs: 0,
      acknowledge: 'Required' as const,
    },
    ...{ unit: '', limitText: '', states: {}, test: { kind: 'Quality' as const } },
  };
  retireAlarm(site, { definition, state, slot: -1, outer: undefined, inner: undefined }, site.nowUs);
}

function rememberObserved(device: DeviceRuntime | undefined, untilUs: number): void {
  if (device !== undefined && untilUs > device.observedUs) device.observedUs = untilUs;
}

/**
 * Links that were lost when the last rows were written: the communication alarm stands or is on its way, or an alarm
 * for Bad values stands over a value that is not. They count as lost until the collector says otherwise.
 */
function rememberLinks(site: SiteState): void {
  for (const device of site.devices.values()) {
    const overlaid = device.watched.filter((slot) => site.alarmsOf[slot]?.some((alarm) => standsByLoss(site, alarm)));
    for (const slot of overlaid) site.points.overlays[slot] = 1;
    const communication = device.communication?.state;
    if (communication?.active !== true && communication?.pending !== 'On' && overlaid.length === 0) continue;
    device.connected = false;
    site.lost.add(device);
  }
}

/** It came, or is about to, by a Bad value that is in no reading. */
function standsByLoss(site: SiteState, alarm: Alarm): boolean {
  const { state, slot, definition } = alarm;
  if (!reactsToBad(alarm)) return false;
  if (site.points.times[slot] !== -Infinity && hasNoValue(momentOf(site, alarm))) return false;
  if (definition.test.kind === 'Quality') return state.active ? state.pending === undefined : state.pending === 'On';
  return state.active && state.pending === undefined && state.value === undefined && site.points.texts[slot] === undefined;
}
