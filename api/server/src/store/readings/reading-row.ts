import type { StoredReading } from '../../ports.ts';
import { fromInt2 } from '../status-code.ts';

/** A reading as selected, in array mode. */
export type ReadingRow = [timeUs: number, value: number | string | null, status: number, flags: number, receivedDeltaMs: number];

/** Columns of a `ReadingRow`, from `readingsSource`. */
export const READING_COLUMNS = 'us, value, status, flags, received_delta_ms';

/** Readings of one time are ordered by what they hold, so that pages of them fit together. */
export const readingOrder = (order: 'asc' | 'desc'): string => `ORDER BY us ${order}, received_delta_ms, status, flags, value`;

export function toReading([timeUs, value, status, flags, receivedDeltaMs]: ReadingRow): StoredReading {
  return { timeUs, value, status: fromInt2(status), flags, receivedUs: timeUs + receivedDeltaMs * 1000 };
}
