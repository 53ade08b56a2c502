import { parseDuration } from '@kubeplant/words';
import { CommandError } from '../command-error.ts';

/** A time of a flag, or a duration before now, as the api takes it. */
export function parseTime(flag: string, text: string, nowMs: number): string {
  const ago = parseDuration(text);
  if (ago !== undefined) return new Date(nowMs - ago).toISOString();
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? new Date(text) : new Date(Number.NaN);
  if (Number.isNaN(time.getTime()))
    throw new CommandError(`${flag} ${text} is neither a time such as 2026-11-21T08:00:00Z nor a duration such as 15m`, 2);
  return time.toISOString();
}
