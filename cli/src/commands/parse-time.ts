import { parseDuration, parseSpanDays } from '@kubeplant/words';
import { CommandError } from '../command-error.ts';

const DAY_MS = 86_400_000;

/** A time of a flag, or how long before now (`15m`, `30d`), as the api takes it. */
export function parseTime(flag: string, text: string, nowMs: number): string {
  const days = parseSpanDays(text);
  const ago = days === undefined ? parseDuration(text) : days * DAY_MS;
  const time = ago !== undefined ? new Date(nowMs - ago) : /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new CommandError(`${flag} ${text} is neither a time such as 2026-11-21T08:00:00Z nor how long ago, such as 15m or 30d`, 2);
  return time.toISOString();
}
