import type { SiteModel } from '@kubeplant/crds/model';
import type { Alarm } from '../alarms/alarm.ts';
import type { Calculation } from '../calculated/calculation.ts';
import type { DeviceRuntime, SiteState } from './site-state.ts';

/** Find alarms by slot and device, and the limits that hold each other back. */
export function indexAlarms(site: SiteState, model: SiteModel): void {
  for (const device of site.devices.values()) {
    device.communication = undefined;
    device.watched = [];
    device.busy.clear();
  }
  site.clocked.clear();
  site.staleAlarms = [];
  const bySlot: Alarm[][] = [];
  for (const alarm of orderedAlarms(site, model)) {
    const device = site.devices.get(alarm.definition.device);
    linkLimits(alarm, bySlot[alarm.slot] ?? []);
    if (alarm.definition.test.kind === 'Stale') site.staleAlarms.push(alarm);
    if (alarm.slot < 0) {
      if (device !== undefined) device.communication = alarm;
    } else if (bySlot[alarm.slot]?.push(alarm) === undefined) {
      bySlot[alarm.slot] = [alarm];
      device?.watched.push(alarm.slot);
    }
  }
  site.alarmsOf = Array.from({ length: site.points.count }, (_, slot) => bySlot[slot]);
  for (let slot = 0; slot < site.points.count; slot += 1) {
    if (bySlot[slot] !== undefined) continue;
    site.points.quietAbove[slot] = -Infinity;
    site.points.quietBelow[slot] = Infinity;
  }
}

const RANK = { highHigh: 0, high: 1, lowLow: 2, low: 3, condition: 4, communication: 5 } as const;

/** The same order after every start: rules as the model has them, outer limits first. */
function orderedAlarms({ alarms }: SiteState, model: SiteModel): Alarm[] {
  const rules = new Map(model.rules.map(({ uid }, index) => [uid, index]));
  const rank = ({ definition }: Alarm): number => (rules.get(definition.ruleUid) ?? -1) * 8 + RANK[definition.limit];
  return [...alarms.values()].toSorted((a, b) => rank(a) - rank(b));
}

/** An outer limit comes before its inner one in this order, so it is in `bySlot` already. */
function linkLimits(alarm: Alarm, ofSlot: readonly Alarm[]): void {
  const { ruleUid, outer } = alarm.definition;
  alarm.inner = undefined;
  alarm.outer = ofSlot.find(({ definition }) => outer !== undefined && definition.ruleUid === ruleUid && definition.limit === outer);
  if (alarm.outer !== undefined) alarm.outer.inner = alarm;
}

/** Find calculated tags by what they read, and the devices their values come from in the end. */
export function indexCalculations(site: SiteState): void {
  const { points } = site;
  const readers: Calculation[][] = [];
  for (const calculation of site.calculations) {
    for (const slot of calculation.inputs) {
      if (slot >= 0 && readers[slot]?.push(calculation) === undefined) readers[slot] = [calculation];
    }
  }
  site.readersOf = Array.from({ length: points.count }, (_, slot) => readers[slot]);
  for (let slot = 0; slot < points.count; slot += 1) points.feeds[slot] = readers[slot] === undefined ? 0 : 1;
  site.calculationsDue = site.calculations.some(({ due }) => due);
  indexSources(site);
}

function indexSources(site: SiteState): void {
  site.sourcesOf.clear();
  for (const device of site.devices.values()) device.derived = [];
  const bySlot = new Map(site.calculations.map((calculation) => [calculation.slot, calculation]));
  for (const calculation of site.calculations) {
    const sources = new Set<DeviceRuntime>();
    collectSources(site, calculation, bySlot, sources);
    site.sourcesOf.set(calculation.slot, [...sources]);
    if (site.alarmsOf[calculation.slot] === undefined) continue;
    for (const source of sources) source.derived.push(calculation.slot);
  }
}

/** Calculations come after their inputs, so the inputs' sources are known already. */
function collectSources(
  site: SiteState,
  { inputs }: Calculation,
  bySlot: ReadonlyMap<number, Calculation>,
  into: Set<DeviceRuntime>,
): void {
  for (const slot of inputs) {
    const known = bySlot.has(slot) ? (site.sourcesOf.get(slot) ?? []) : [site.devices.get(site.points.devices[slot] ?? '')];
    for (const source of known) if (source !== undefined) into.add(source);
  }
}
