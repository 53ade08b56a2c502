import { Flag } from '@kubeplant/words';
import { toTimestamp } from '../../../api/server/src/store/micros.ts';
import type { SimFault } from './sim-faults.ts';
import type { SimPlant } from './sim-plant.ts';
import type { StoredReading } from './sim-tables.ts';

/** Of the alarm on `phase`. */
const LIMIT = 100;

/** What a history came to. */
export interface HistoryCounts {
  /** Numbers the device gave. */
  readonly served: number;
  /** Of these, such as a source was told to be safe. */
  readonly promised: number;
  readonly stored: number;
  /** Missing, though they were promised or their collector lives. */
  readonly lost: number;
  /** Missing, and said to be. */
  readonly declared: number;
  readonly doubles: number;
  readonly wrong: number;
  readonly announced: number;
  readonly recorded: number;
}

/** Compare what was served, promised, announced and shown with what the database holds. */
export function checkHistory(plant: SimPlant, faults: readonly SimFault[]): { readonly counts: HistoryCounts; readonly broken: string[] } {
  const { device, database, announced } = plant;
  const numbers = rowsOf(plant, 'number');
  const stored = new Set(numbers.map(({ value }) => value));
  const wrong = [...numbers.filter((row) => isWrong(plant, row)), ...rowsOf(plant, 'phase').filter((row) => isWrongPhase(plant, row))];
  const missing = device.served.flatMap((_, index) => (stored.has(index + 1) ? [] : [index + 1]));
  const lost = missing.filter((number) => !mayBeMissing(plant, number));
  const { transitions, quarantine } = database.tables;
  const isForgiven = faults.some(({ takesReadings }) => takesReadings);
  const unrecorded = isForgiven ? [] : [...announced.keys()].filter((id) => !transitions.has(id) && !wasShownOnly(plant, id));
  const doubles = numbers.length - stored.size;
  const counts: HistoryCounts = {
    served: device.served.length,
    promised: device.served.filter(({ isPromised }) => isPromised).length,
    stored: stored.size,
    lost: lost.length,
    declared: missing.length - lost.length,
    doubles,
    wrong: wrong.length,
    announced: announced.size,
    recorded: transitions.size,
  };
  const broken = [
    ...(lost.length > 0 ? [`${lost.length} numbers are lost: ${lost.slice(0, 5).join(', ')} …`] : []),
    ...(doubles > 0 ? [`${doubles} numbers are stored twice`] : []),
    ...(wrong.length > 0 ? [`${wrong.length} rows hold what was never served at their time: ${JSON.stringify(wrong[0])}`] : []),
    ...(quarantine.length > 0 ? [`${quarantine.length} rows are in quarantine: ${JSON.stringify(quarantine[0])}`] : []),
    ...(unrecorded.length > 0 ? [`${unrecorded.length} of ${announced.size} announced transitions are not recorded`] : []),
    ...checkJournal(plant),
    ...checkShown(plant, numbers),
  ];
  return { counts, broken };
}

function rowsOf({ database, device }: SimPlant, tag: string): StoredReading[] {
  const tagId = database.tables.tags.get(`${device.name}/${tag}/Real`)?.tagId;
  return database.tables.readings.filter((row) => row.tagId === tagId);
}

function isWrong({ device }: SimPlant, { value = 0, timeUs, flags }: StoredReading): boolean {
  const served = device.served[value - 1];
  return served === undefined || (served.timeUs !== timeUs && (flags & Flag.TimeInvalid) === 0);
}

function isWrongPhase({ device }: SimPlant, { value }: StoredReading): boolean {
  return value === undefined || !Number.isInteger(value / device.phaseOf(1)) || value < 0 || value > device.phaseOf(15);
}

/** Nobody promised it and its collector is gone; or it was said to be lost; or there was nothing left to send it again from. */
function mayBeMissing(plant: SimPlant, number: number): boolean {
  const served = plant.device.served[number - 1];
  if (served === undefined) return true;
  const { timeUs, by, isPromised } = served;
  if (!by.alive && !isPromised) return true;
  if (plant.bereft.has(by)) return true;
  if (plant.lost.some(({ fromUs, untilUs }) => fromUs <= timeUs && timeUs <= untilUs)) return true;
  return plant.gone.has(number);
}

/** By an api that could not record it, and ended, or lost the site, before it could. */
function wasShownOnly({ announced, api }: SimPlant, id: string): boolean {
  const by = announced.get(id);
  return by !== undefined && by !== api;
}

/** What is shown last is the newest that is stored. */
function checkShown({ shown, device }: SimPlant, numbers: readonly StoredReading[]): string[] {
  const newest = numbers.reduce<StoredReading | undefined>((a, b) => (a === undefined || b.timeUs >= a.timeUs ? b : a), undefined);
  const now = shown.get(`default/${device.name}/number`);
  return now === newest?.value ? [] : [`${now} is shown, ${newest?.value} is the newest that is stored`];
}

/** Each reading that goes above the limit or back is in the journal, whenever it came. */
function checkJournal(plant: SimPlant): string[] {
  const { transitions } = plant.database.tables;
  const written = new Set([...transitions.values()].map(({ kind, time }) => `${kind} ${time}`));
  let isActive = false;
  const missing: string[] = [];
  for (const { value = 0, timeUs } of rowsOf(plant, 'phase').toSorted((a, b) => a.timeUs - b.timeUs)) {
    if (value > LIMIT === isActive) continue;
    isActive = !isActive;
    const row = `${isActive ? 'Active' : 'Cleared'} ${toTimestamp(timeUs)}`;
    if (!written.has(row)) missing.push(row);
  }
  const words = missing.length === 0 ? [] : [`${missing.length} changes of the alarm are not in the journal: ${missing[0]} …`];
  const marked = plant.database.tables.lateSpans.size === 0 ? [] : ['late readings are not evaluated'];
  return [...words, ...marked];
}
