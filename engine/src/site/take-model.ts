import type { SiteModel } from '@kubeplant/crds/model';
import { type Alarm, type AlarmDefinition, isInhibited, pristineState } from '../alarms/alarm.ts';
import { retireAlarm, reviseAlarm } from '../alarms/change-alarm.ts';
import { conditionHolds } from '../alarms/condition-holds.ts';
import { defineAlarms } from '../alarms/define-alarms.ts';
import { settleAlarm } from '../alarms/settle-alarm.ts';
import { shownState } from '../alarms/shown-state.ts';
import { buildCalculations } from '../calculated/build-calculations.ts';
import type { AlarmState } from '../types.ts';
import { boundStale } from './advance-clock.ts';
import { indexAlarms, indexCalculations } from './index-model.ts';
import { ensureSlot, forgetReading, slotOf } from './points.ts';
import { refreshPoint } from './settle-point.ts';
import type { DeviceRuntime, SiteState } from './site-state.ts';
import { suppressAlarms } from './take-connection.ts';

/** What a start adds to taking its model. */
export interface StartSteps {
  /** Rows to go on from, by alarm id. */
  readonly adopt: (definitions: readonly AlarmDefinition[]) => ReadonlyMap<string, AlarmState>;
  /** Called when everything is in place, before alarms are held against the last values. */
  readonly beforeSettling: () => void;
}

/** Make a model the one in force. What is kept keeps its state; changed limits are held against the last values. */
export function takeModel(site: SiteState, model: SiteModel, nowUs: number, start?: StartSteps): void {
  site.nowUs = Math.max(site.nowUs, nowUs);
  site.cause.text = `model:${model.revision}`;
  takeTags(site, model);
  const definitions = defineAlarms(model);
  takeAlarms(site, definitions, start?.adopt(definitions) ?? new Map());
  indexAlarms(site, model);
  site.calculations = buildCalculations(site, model);
  indexCalculations(site);
  start?.beforeSettling();
  for (const device of site.devices.values()) settleDevice(site, device);
  boundStale(site);
}

/** Tags that are gone, and those that change between real and simulated, are forgotten: they begin anew. */
function takeTags(site: SiteState, model: SiteModel): void {
  const kept = new Set<number>();
  for (const device of model.devices) {
    const before = site.devices.get(device.name);
    const anew = before !== undefined && before.simulated !== device.simulated;
    for (const tag of device.tags) {
      const slot = ensureSlot(site.points, device.name, tag.name, site.nowUs);
      kept.add(slot);
      if (anew) forgetReading(site.points, slot, site.nowUs);
    }
    if (before === undefined) {
      const fresh = { name: device.name, simulated: device.simulated, connected: true, observedUs: -Infinity };
      site.devices.set(device.name, { ...fresh, communication: undefined, watched: [], busy: new Set(), derived: [] });
    } else {
      // Devices stand in the order of the model, as after a start.
      site.devices.delete(device.name);
      site.devices.set(device.name, before);
      before.simulated = device.simulated;
      if (anew) before.observedUs = -Infinity;
    }
  }
  for (let slot = 0; slot < site.points.count; slot += 1) if (!kept.has(slot)) forgetReading(site.points, slot, site.nowUs);
  const names = new Set(model.devices.map(({ name }) => name));
  for (const [name, device] of site.devices) {
    if (names.has(name)) continue;
    site.devices.delete(name);
    site.lost.delete(device);
  }
}

function takeAlarms(site: SiteState, definitions: readonly AlarmDefinition[], rows: ReadonlyMap<string, AlarmState>): void {
  const wanted = new Map(definitions.map((definition) => [definition.id, definition]));
  // A Map may lose entries while it is walked through.
  for (const alarm of site.alarms.values()) {
    const definition = wanted.get(alarm.definition.id);
    if (definition === undefined || definition.simulated !== alarm.definition.simulated) retireAlarm(site, alarm, site.nowUs);
  }
  for (const definition of wanted.values()) {
    const alarm = site.alarms.get(definition.id);
    if (alarm !== undefined) redefineAlarm(site, alarm, definition);
    else addAlarm(site, definition, rows.get(definition.id));
  }
}

/** Put an alarm in force. One that was retired a moment ago has a row: it is overwritten, not deleted. */
function addAlarm(site: SiteState, definition: AlarmDefinition, row: AlarmState | undefined): void {
  const slot = definition.tag === '' ? -1 : slotOf(site.points, definition.device, definition.tag);
  const alarm: Alarm = { definition, state: row ?? pristineState(definition), slot, outer: undefined, inner: undefined };
  site.alarms.set(definition.id, alarm);
  if (site.removed.delete(definition.id)) site.changed.add(alarm);
  if (row !== undefined) redefineAlarm(site, alarm, definition);
}

function redefineAlarm(site: SiteState, alarm: Alarm, definition: AlarmDefinition): void {
  alarm.definition = definition;
  const { priority, rule } = definition;
  if (alarm.state.priority === priority && alarm.state.rule === rule) return;
  if (shownState(alarm.state) === 'NORM') alarm.state = { ...alarm.state, priority, rule };
  else reviseAlarm(site, alarm, { priority, rule });
}

function settleDevice(site: SiteState, device: DeviceRuntime): void {
  if (device.communication !== undefined) settleUnderModel(site, device.communication);
  for (const slot of device.watched) {
    for (const alarm of site.alarmsOf[slot] ?? []) settleUnderModel(site, alarm);
    refreshPoint(site, slot);
  }
  suppressAlarms(site, device);
}

/** A model ends no delay: time goes on by readings and confirmations only. Staleness is left to the clock. */
function settleUnderModel(site: SiteState, alarm: Alarm): void {
  if (alarm.definition.test.kind === 'Stale') return;
  const { pending, active } = alarm.state;
  if (pending !== undefined && !isInhibited(alarm) && conditionHolds(site, alarm) !== active) return;
  settleAlarm(site, alarm, Math.max(site.nowUs, site.points.times[alarm.slot] ?? -Infinity));
}
