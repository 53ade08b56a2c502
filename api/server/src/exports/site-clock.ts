import { createOffset } from '../store/rollups/site-days.ts';

const QUARTER_MS = 900_000;
const MINUTE_US = 60_000_000;
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'));
const THREE = Array.from({ length: 1000 }, (_, n) => String(n).padStart(3, '0'));

/** Writes instants, microseconds since 1970, as RFC 3339: milliseconds, and microseconds only where there are any. */
export type Clock = (timeUs: number) => string;

/** UTC: `2026-11-21T09:00:00.000Z`. */
export const createUtcClock = (): Clock => createClock(() => 0, 'Z');

/** As the clock of a site shows them, with its offset: `2026-11-21T10:00:00.000+01:00`. */
export const createSiteClock = (timezone: string): Clock => createClock(createOffset(timezone));

/** Readings follow each other closely: all of an instant but its seconds is the same for a minute, its offset for a quarter of an hour. */
function createClock(offsetMs: (ms: number) => number, zone?: string): Clock {
  let quarter = Number.NaN;
  let minute = Number.NaN;
  let offset = 0;
  let prefix = '';
  let suffix = '';
  const turn = (ms: number): void => {
    if (Math.floor(ms / QUARTER_MS) !== quarter) {
      quarter = Math.floor(ms / QUARTER_MS);
      offset = Math.round(offsetMs(ms) / 60_000); // an offset is written in minutes
      suffix = zone ?? formatOffset(offset);
    }
    prefix = new Date((minute + offset) * 60_000).toISOString().slice(0, 17);
  };
  return (timeUs) => {
    const us = Math.round(timeUs);
    const now = Math.floor(us / MINUTE_US);
    if (now !== minute) {
      minute = now;
      turn(now * 60_000);
    }
    const rest = us - now * MINUTE_US;
    const micros = rest % 1000;
    const ms = (rest - micros) / 1000;
    return `${prefix}${TWO[Math.floor(ms / 1000)]}.${THREE[ms % 1000]}${micros === 0 ? '' : THREE[micros]}${suffix}`;
  };
}

const formatOffset = (minutes: number): string => {
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${TWO[size % 60]}`;
};
