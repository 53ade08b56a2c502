/** Earliest and latest instant the store is asked about: the years 1 and 9999. */
const FIRST_US = -62_135_596_800_000_000;
const LAST_US = 253_402_300_799_999_000;

/** RFC 3339 with microseconds; instants outside the years 1 to 9999 become the nearest one inside. */
export function toTimestamp(timeUs: number): string {
  const us = Math.min(LAST_US, Math.max(FIRST_US, Math.round(timeUs)));
  const ms = Math.floor(us / 1000);
  const rest = String(us - ms * 1000).padStart(3, '0');
  return new Date(ms).toISOString().replace('Z', `${rest}Z`);
}

/** SQL: microseconds since 1970 of a timestamptz as float8, exact to the microsecond until the year 2242. */
export const microsSql = (column: string): string => `round(date_part('epoch', ${column}) * 1e6)`;

/** Where PostgreSQL's binary times count from. */
export const EPOCH_2000_US = 946_684_800_000_000;
