import { toTimestamp } from '../store/micros.ts';
import { invalidInput } from './action-error.ts';
import { parseTime } from './time.ts';

/** Where a page of a time series ended: its last time and the number of that row. */
export interface SeriesCursor {
  readonly timeUs: number;
  readonly seq: string;
}

/** Cursor as clients carry it. */
export const formatCursor = ({ timeUs, seq }: SeriesCursor): string => Buffer.from(`${timeUs}.${seq}`).toString('base64url');

/** Cursor of a client; 400 for one that is not ours. */
export function parseCursor(text: string): SeriesCursor {
  const match = /^(-?\d{1,18})\.(\d{1,18})$/.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (match === null) throw invalidInput([{ field: 'cursor', message: 'is not a cursor; use nextCursor of the page before' }]);
  return { timeUs: Number(match[1]), seq: match[2] ?? '0' };
}

/** Time of an input as microseconds; 400 for a day that does not exist. */
export function toMicros(field: string, text: string): number {
  const timeUs = parseTime(text);
  if (timeUs === undefined) throw invalidInput([{ field, message: `is "${text}", a time that does not exist` }]);
  return timeUs;
}

/** SQL values of `from`, `to` and `cursor` (null where absent). */
export function toSeriesValues(input: { readonly from?: string; readonly to?: string; readonly cursor?: string }): (string | null)[] {
  const cursor = input.cursor === undefined ? undefined : parseCursor(input.cursor);
  const time = (field: 'from' | 'to'): string | null => {
    const text = input[field];
    return text === undefined ? null : toTimestamp(toMicros(field, text));
  };
  return [time('from'), time('to'), cursor === undefined ? null : toTimestamp(cursor.timeUs), cursor?.seq ?? null];
}
