import type { Grid } from './grid.ts';
import { DENSE_HOUR, HOUR_US, type LevelName, MINUTE_US, QUARTER_US } from './levels.ts';
import type { Span } from './summary.ts';

/** A part of a range and what it is read from. */
export interface SourcePart extends Span {
  readonly source: 'raw' | LevelName;
}

/** What is known of sums before they are read. */
export interface SumsState {
  /** Hours, counted from 1970, that are to be reckoned anew. */
  readonly pendingHours: ReadonlySet<number>;
  /** Instants of days that are to be reckoned anew. */
  readonly pendingDays: readonly number[];
  /** Readings of the hours that have any. */
  readonly readingsByHour: ReadonlyMap<number, number>;
  /** Before this the sums by minute have been deleted. */
  readonly minutesFromUs: number;
  readonly days: Grid;
  /** False: the sums of days are of other days. */
  readonly daysHold: boolean;
}

/** Parts in order of time that make up the range: sums of the level where they hold and fit, finer ones or readings elsewhere. */
export function planSources(range: Span, level: 'raw' | LevelName, state: SumsState): SourcePart[] {
  const parts: SourcePart[] = [];
  if (level === 'raw') add(parts, range, 'raw');
  else if (level === '1d') planDays(parts, range, state);
  else planHours(parts, range, level, state);
  return parts;
}

function planDays(parts: SourcePart[], range: Span, state: SumsState): void {
  for (let at = range.fromUs; at < range.toUs; ) {
    const day = state.days.at(at);
    const part = { fromUs: at, toUs: Math.min(day.toUs, range.toUs) };
    const isWhole = part.fromUs === day.fromUs && part.toUs === day.toUs;
    if (isWhole && state.daysHold && !isPending(day, state)) add(parts, part, '1d');
    else planHours(parts, part, '15m', state);
    at = part.toUs;
  }
}

function isPending({ fromUs, toUs }: Span, { pendingHours, pendingDays }: SumsState): boolean {
  if (pendingDays.some((at) => at >= fromUs && at < toUs)) return true;
  if (pendingHours.size === 0) return false;
  for (let hour = Math.floor(fromUs / HOUR_US); hour * HOUR_US < toUs; hour += 1) if (pendingHours.has(hour)) return true;
  return false;
}

function planHours(parts: SourcePart[], range: Span, level: '1m' | '15m', state: SumsState): void {
  const lengthUs = level === '1m' ? MINUTE_US : QUARTER_US;
  for (let at = range.fromUs; at < range.toUs; ) {
    const hour = Math.floor(at / HOUR_US);
    const toUs = Math.min((hour + 1) * HOUR_US, range.toUs);
    const from = Math.ceil(at / lengthUs) * lengthUs;
    const to = Math.floor(toUs / lengthUs) * lengthUs;
    const readings = state.readingsByHour.get(hour) ?? 0;
    const hasNone = level === '1m' && (hour * HOUR_US < state.minutesFromUs || (readings > 0 && readings < DENSE_HOUR));
    if (state.pendingHours.has(hour) || hasNone || from >= to) add(parts, { fromUs: at, toUs }, 'raw');
    else {
      add(parts, { fromUs: at, toUs: from }, 'raw');
      add(parts, { fromUs: from, toUs: to }, level);
      add(parts, { fromUs: to, toUs }, 'raw');
    }
    at = toUs;
  }
}

function add(parts: SourcePart[], { fromUs, toUs }: Span, source: SourcePart['source']): void {
  if (fromUs >= toUs) return;
  const last = parts.at(-1);
  if (last !== undefined && last.source === source && last.toUs === fromUs) parts[parts.length - 1] = { ...last, toUs };
  else parts.push({ fromUs, toUs, source });
}
