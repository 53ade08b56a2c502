const zones = new Map<string, Intl.DateTimeFormat>();

/** Time in a place: `2026-11-21`, `10:05:23`, `+01:00`. */
export interface LocalTime {
  readonly date: string;
  readonly clock: string;
  readonly offset: string;
}

/** Time of an instant in an IANA time zone; UTC where the zone is not known here. */
export function toLocalTime(ms: number, timeZone: string): LocalTime {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  const offset = (parts.timeZoneName ?? 'GMT').replace('GMT', '') || '+00:00';
  return {
    date: `${parts.year}-${parts.month}-${parts.day}`,
    clock: `${parts.hour}:${parts.minute}:${parts.second}`,
    offset: offset.replace('\u2212', '-'),
  };
}

/** `2026-11-21 10:05:23 +01:00`. */
export function formatDateTime(ms: number, timeZone: string): string {
  const { date, clock, offset } = toLocalTime(ms, timeZone);
  return `${date} ${clock} ${offset}`;
}

/** `10:05:23 +01:00` on the same day as `nowMs`, else with its date. */
export function formatShortTime(ms: number, timeZone: string, nowMs: number): string {
  const { date, clock, offset } = toLocalTime(ms, timeZone);
  return date === toLocalTime(nowMs, timeZone).date ? `${clock} ${offset}` : `${date} ${clock} ${offset}`;
}

/** How long ago: `just now`, `12 s`, `3 min`, `2 h 5 min`, `4 d 3 h`. A time ahead is `just now`. */
export function formatAge(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 1) return 'just now';
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days} d` : `${days} d ${hours % 24} h`;
}

/** Instant of `2026-11-21T10:05` or `…:23` as read off a clock in the time zone; undefined when it is not a time. */
export function parseLocalTime(text: string, timeZone: string): number | undefined {
  const asUtc = Date.parse(`${text.length === 16 ? `${text}:00` : text}Z`);
  if (Number.isNaN(asUtc)) return undefined;
  const shift = (ms: number): number => {
    const { date, clock } = toLocalTime(ms, timeZone);
    return Date.parse(`${date}T${clock}Z`) - ms;
  };
  const guess = asUtc - shift(asUtc);
  return asUtc - shift(guess);
}

/** `2026-11-21T10:05:23`, as a date and time field takes it. */
export function toFieldValue(ms: number, timeZone: string): string {
  const { date, clock } = toLocalTime(ms, timeZone);
  return `${date}T${clock}`;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = zones.get(timeZone);
  if (known !== undefined) return known;
  const made = createFormat(timeZone);
  zones.set(timeZone, made);
  return made;
}

function createFormat(timeZone: string): Intl.DateTimeFormat {
  const two = '2-digit' as const;
  const options = {
    year: 'numeric',
    month: two,
    day: two,
    hour: two,
    minute: two,
    second: two,
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  } as const;
  try {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
  }
}
