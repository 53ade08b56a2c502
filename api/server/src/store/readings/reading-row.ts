import type { StoredReading, StoredTag } from '../../ports.ts';
import { microsSql } from '../micros.ts';
import { fromInt2 } from '../status-code.ts';

/** A reading as selected, in array mode. */
export type ReadingRow = [timeUs: number, value: number | string | null, status: number, flags: number, receivedDeltaMs: number];

/** Columns of a `ReadingRow`. */
export const READING_COLUMNS = `${microsSql('time')}, value, status, flags, received_delta_ms`;

/** Where the readings of a tag are. */
export const tableOf = (tag: StoredTag): string => (tag.text ? 'reading_text' : 'reading');

export function toReading([timeUs, value, status, flags, receivedDeltaMs]: ReadingRow): StoredReading {
  return { timeUs, value, status: fromInt2(status), flags, receivedUs: timeUs + receivedDeltaMs * 1000 };
}
