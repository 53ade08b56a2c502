import { isBad } from '@kubeplant/words';
import { shownState } from '../alarms/shown-state.ts';
import { calculateDue } from '../calculated/calculate.ts';
import type { EngineChanges, EngineStart, FastSiteEngine } from '../types.ts';
import { actOnAlarm } from './act-on-alarm.ts';
import { advanceClock, nextDeadlineUs } from './advance-clock.ts';
import { slotOf } from './points.ts';
import type { SiteState } from './site-state.ts';
import { startSite } from './start-site.ts';
import { takeConnection } from './take-connection.ts';
import { takeLate } from './take-late.ts';
import { takeModel } from './take-model.ts';
import { takeObserved } from './take-observed.ts';
import { markReaders, takeReading } from './take-reading.ts';

/** Alarms and calculated tags of one site, from what is committed. What the model changed meanwhile is in `takeChanges` at once. */
export function createSiteEngine(start: EngineStart): FastSiteEngine {
  const site = startSite(start);
  const withDevice = (name: string, cause: string, run: (device: NonNullable<ReturnType<SiteState['devices']['get']>>) => void): void => {
    const device = site.devices.get(name);
    if (device === undefined) return;
    site.cause.text = cause;
    run(device);
  };
  return {
    ...createIntake(site),
    observed: (name, untilUs, cause) => withDevice(name, cause, (device) => takeObserved(site, device, untilUs)),
    connected: (name, connected, timeUs, cause) => withDevice(name, cause, (device) => takeConnection(site, device, connected, timeUs)),
    calculate: () => calculateDue(site),
    advance: (nowUs) => advanceClock(site, nowUs),
    nextDeadlineUs: () => nextDeadlineUs(site),
    act: (action) => actOnAlarm(site, action),
    setModel: (model, nowUs) => takeModel(site, model, nowUs),
    takeLate: (findings) => takeLate(site, findings),
    takeChanges: () => takeChanges(site),
    standing: () => [...site.alarms.values()].map(({ state }) => state).filter((state) => shownState(state) !== 'NORM'),
    alarm: (id) => site.alarms.get(id)?.state,
  };
}

/** The ways in for readings. A quiet one (no alarm can change by it) ends here. */
function createIntake(site: SiteState): Pick<FastSiteEngine, 'reading' | 'slot' | 'setCause' | 'readingAt' | 'textAt'> {
  const { points, cause } = site;
  const readingAt = (slot: number, timeUs: number, value: number, status: number, flags: number, row: number): boolean => {
    const newest = points.times[slot];
    if (newest === undefined || !(timeUs >= newest)) return false;
    cause.row = row;
    const above = points.quietAbove[slot];
    const below = points.quietBelow[slot];
    if (above === undefined || below === undefined || !(value > above && value < below) || isBad(status)) {
      takeReading(site, slot, { timeUs, value, text: undefined, status, flags });
      return true;
    }
    points.times[slot] = timeUs;
    points.values[slot] = value;
    points.statuses[slot] = status;
    points.flags[slot] = flags;
    if (points.feeds[slot] === 1) markReaders(site, slot);
    return true;
  };
  const textAt: FastSiteEngine['textAt'] = (slot, timeUs, text, status, flags, row) => {
    const newest = points.times[slot];
    if (newest === undefined || !(timeUs >= newest)) return false;
    cause.row = row;
    takeReading(site, slot, { timeUs, value: Number.NaN, text, status, flags });
    return true;
  };
  return {
    slot: (device, tag) => slotOf(points, device, tag),
    setCause: (run, seq) => Object.assign(cause, { text: undefined, run, seq }),
    readingAt,
    textAt,
    reading: ({ device, tag, timeUs, value, text, status, flags, cause: told }) => {
      const slot = slotOf(points, device, tag);
      cause.text = told;
      if (text === undefined) readingAt(slot, timeUs, value, status, flags, 0);
      else textAt(slot, timeUs, text, status, flags, 0);
    },
  };
}

function takeChanges(site: SiteState): EngineChanges {
  const changes = { states: [...site.changed].map(({ state }) => state), removed: [...site.removed], transitions: site.transitions };
  site.changed.clear();
  site.removed.clear();
  site.transitions = [];
  return changes;
}
