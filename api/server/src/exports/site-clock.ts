import { createOffset } from '../store/rollups/site-days.ts';

const QUARTER_MS = 900_000;

/** Writes instants as the clock of a site shows them, with its offset: `2026-11-21T10:00:00.000+01:00`. */
export function createSiteClock(timezone: string): (timeUs: number) => string {
  const offsetMs = createOffset(timezone);
  let quarter = Number.NaN; // clocks change at quarters of an hour
  let shiftMs = 0;
  let suffix = '';
  return (timeUs) => {
    const ms = Math.floor(timeUs / 1000);
    const now = Math.floor(ms / QUARTER_MS);
    if (now !== quarter) {
      quarter = now;
      shiftMs = offsetMs(ms);
      suffix = formatOffset(shiftMs);
    }
    const restUs = Math.round(timeUs - ms * 1000);
    const text = new Date(ms + shiftMs).toISOString().slice(0, -1);
    return `${text}${restUs === 0 ? '' : String(restUs).padStart(3, '0')}${suffix}`;
  };
}

function formatOffset(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${ms < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
