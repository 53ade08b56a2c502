import type { Grid } from './grid.ts';

const DAY_MS = 86_400_000;

/** Days as a site counts them. */
export interface SiteDay {
  /** IANA name. */
  readonly timezone: string;
  /** `HH:MM` at which a day begins. */
  readonly dayStart: string;
}

/** Buckets of `days` days of a site, counted from 1970: of 23 and 25 hours where the clocks change. */
export function dayGrid(day: SiteDay, days = 1): Grid {
  const startOf = createStartOfDay(day);
  let fromUs = Number.POSITIVE_INFINITY;
  let toUs = Number.NEGATIVE_INFINITY;
  return {
    at: (timeUs) => {
      if (timeUs < fromUs || timeUs >= toUs) {
        let index = Math.floor(Math.floor(timeUs / 1000 / DAY_MS) / days) * days + days;
        while (startOf(index) > timeUs) index -= days;
        fromUs = startOf(index);
        toUs = startOf(index + days);
      }
      return { fromUs, toUs };
    },
  };
}

/** When the day that many days after 1970-01-01 begins, microseconds. */
function createStartOfDay({ timezone, dayStart }: SiteDay): (index: number) => number {
  const [hours = 0, minutes = 0] = dayStart.split(':').map(Number);
  const startMs = (hours * 60 + minutes) * 60_000;
  const offsetMs = createOffset(timezone);
  const known = new Map<number, number>();
  return (index) => {
    let found = known.get(index);
    if (found === undefined) {
      found = toInstant(index * DAY_MS + startMs, offsetMs) * 1000;
      if (known.size > 10_000) known.clear();
      known.set(index, found);
    }
    return found;
  };
}

/** Instant of a local time: the first of two where the clock is set back, the end of the gap where it is set forward. */
function toInstant(localMs: number, offsetMs: (instantMs: number) => number): number {
  const before = offsetMs(localMs - DAY_MS);
  const after = offsetMs(localMs + DAY_MS);
  const early = localMs - before;
  if (before === after || offsetMs(early) === before) return early;
  const late = localMs - after;
  return offsetMs(late) === after ? late : transitionBetween(late, early, offsetMs);
}

/** The instant at which the offset changes, to the minute: clocks are not changed within one. */
function transitionBetween(lowMs: number, highMs: number, offsetMs: (instantMs: number) => number): number {
  const before = offsetMs(lowMs);
  let low = Math.floor(lowMs / 60_000);
  let high = Math.ceil(highMs / 60_000);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (offsetMs(middle * 60_000) === before) low = middle;
    else high = middle;
  }
  return high * 60_000;
}

/** Local time minus UTC at an instant, milliseconds. */
export function createOffset(timezone: string): (instantMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    ...{ timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric' },
    ...{ hour: 'numeric', minute: 'numeric', second: 'numeric' },
  });
  return (instantMs) => {
    const parts = new Map(format.formatToParts(instantMs).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const localMs = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
    return localMs - Math.floor(instantMs / 1000) * 1000;
  };
}
