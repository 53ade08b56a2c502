import type { StoredReading } from '../../ports.ts';
import { fromInt2 } from '../status-code.ts';

/** A reading as selected, in array mode. */
export type ReadingRow = [timeUs: number, value: number | string | null, status: number, flags: number, receivedDeltaMs: number];

/** Columns of a `ReadingRow`, from `readingsSource`. */
export const READING_COLUMNS = 'us, value, status, flags, received_delta_ms';

/** Readings of one time are ordered by what they hold, so that pages of them fit together. */
export const readingOrder = (order: 'asc' | 'desc'): string => `ORDER BY us ${order}, received_delta_ms, status, flags, value`;

/** The same for readings that are here already. */
export function compareReadings(order: 'asc' | 'desc'): (one: ReadingRow, other: ReadingRow) => number {
  const direction = order === 'asc' ? 1 : -1;
  return (one, other) =>
    direction * (one[0] - other[0]) || one[4] - other[4] || one[2] - other[2] || one[3] - other[3] || compareValues(one[1], other[1]);
}

/** What has no value comes last. */
function compareValues(one: ReadingRow[1], other: ReadingRow[1]): number {
  if (one === other) return 0;
  if (one === null || other === null) return one === null ? 1 : -1;
  return one < other ? -1 : 1;
}

export function toReading([timeUs, value, status, flags, receivedDeltaMs]: ReadingRow): StoredReading {
  return { timeUs, value, status: fromInt2(status), flags, receivedUs: timeUs + receivedDeltaMs * 1000 };
}
