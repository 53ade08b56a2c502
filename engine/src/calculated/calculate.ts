import { Flag, isBad, isGood, Status } from '@kubeplant/words';
import { copyCause } from '../site/cause.ts';
import type { SiteState } from '../site/site-state.ts';
import { confirmPoint } from '../site/take-observed.ts';
import { takeReading } from '../site/take-reading.ts';
import type { CalculatedReading } from '../types.ts';
import type { Calculation } from './calculation.ts';
import { type ShapedValue, shapeValue } from './shape-value.ts';

/** Flags a result inherits from its inputs. */
const INHERITED = Flag.Simulated | Flag.Substituted;

/** Evaluate what is due, inputs first; each result is a reading like any other. */
export function calculateDue(site: SiteState): CalculatedReading[] {
  if (!site.calculationsDue) return [];
  const readings: CalculatedReading[] = [];
  for (const calculation of site.calculations) {
    if (!calculation.due) continue;
    calculation.due = false;
    const result = evaluate(site, calculation);
    if (result === undefined) continue;
    copyCause(calculation.cause, site.cause);
    if (isWithinDeadband(site, calculation, result)) {
      confirmPoint(site, calculation.slot, result.timeUs);
      continue;
    }
    takeReading(site, calculation.slot, { ...result, text: undefined });
    readings.push({ device: calculation.device, tag: calculation.tag.name, ...result });
  }
  site.calculationsDue = false;
  return readings;
}

/** Inputs taken together. */
interface Gathered {
  timeUs: number;
  status: number;
  flags: number;
}

function evaluate(
  site: SiteState,
  { slot, tag, inputs, evaluate: run, blocked, simulated }: Calculation,
): Omit<CalculatedReading, 'device' | 'tag'> | undefined {
  const { points } = site;
  const gathered = gatherInputs(site, inputs);
  const newest = inputs.length === 0 ? site.nowUs : gathered.timeUs;
  const timeUs = Math.max(newest, points.times[slot] ?? -Infinity);
  if (timeUs === -Infinity) return undefined;
  const flags = gathered.flags | (simulated ? Flag.Simulated : 0);
  if (run === undefined) return { timeUs, value: Number.NaN, status: blocked ?? Status.BadConfigurationError, flags };
  if (isBad(gathered.status)) return { timeUs, value: Number.NaN, status: gathered.status, flags };
  const result = run((input) => points.values[inputs[input] ?? -1] ?? Number.NaN);
  const shaped: ShapedValue = shapeValue(tag, result, gathered.status);
  return { timeUs, value: shaped.value, status: shaped.status, flags: flags | shaped.flags };
}

/** Newest time, worst status (the first of the worst), inherited flags. */
function gatherInputs({ points }: SiteState, inputs: readonly number[]): Gathered {
  const gathered: Gathered = { timeUs: -Infinity, status: Status.Good, flags: 0 };
  for (const slot of inputs) {
    const status = inputStatus(points.statuses[slot], points.values[slot], points.texts[slot]);
    if (badness(status) > badness(gathered.status)) gathered.status = status;
    gathered.timeUs = Math.max(gathered.timeUs, points.times[slot] ?? -Infinity);
    gathered.flags |= (points.flags[slot] ?? 0) & INHERITED;
  }
  return gathered;
}

/** A tag that does not exist is a mistake of configuration; a text is no number. */
function inputStatus(status: number | undefined, value: number | undefined, text: string | undefined): number {
  if (status === undefined || value === undefined) return Status.BadConfigurationError;
  if (isBad(status)) return status;
  if (text !== undefined) return Status.BadTypeMismatch;
  return Number.isFinite(value) ? status : Status.BadOutOfRange;
}

function badness(status: number): number {
  if (isBad(status)) return 2;
  return isGood(status) ? 0 : 1;
}

/**
 * The reporting deadband, as in a collector: what is not told is no reading, for alarms neither. A change of status or
 * flags is always told; without a deadband everything is.
 */
function isWithinDeadband({ points }: SiteState, { tag, slot }: Calculation, { value, status, flags }: ShapedValue): boolean {
  const { type, value: size } = tag.deadband;
  if (type === 'None' || tag.kind !== 'Analog') return false;
  if (points.times[slot] === -Infinity || points.statuses[slot] !== status || points.flags[slot] !== flags) return false;
  const { low = 0, high = 0 } = tag.range ?? {};
  const width = type === 'Percent' ? ((high - low) * size) / 100 : size;
  return !(Math.abs(value - (points.values[slot] ?? Number.NaN)) > width);
}
