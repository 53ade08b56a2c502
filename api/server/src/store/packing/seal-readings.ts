import { SEALED_SPAN_US } from '../history-tables.ts';
import type { ReadingColumns } from './reading-columns.ts';

/** Readings of a tag in one half hour, in order of time. Reading i is at start + first + i × step + jitter[i]; a list that is undefined is the same for all. */
export interface SealedReadings {
  readonly startUs: number;
  readonly tagId: number;
  readonly count: number;
  readonly firstUs: number;
  readonly stepUs: number;
  /** Of the first reading; NaN where there is no number. */
  readonly value: number;
  readonly receivedDeltaMs: number;
  readonly status: number;
  readonly flags: number;
  readonly jitterUs: Int32Array | undefined;
  readonly values: Float64Array | undefined;
  readonly receivedDeltas: Int32Array | undefined;
  readonly statuses: Int16Array | undefined;
  readonly flagSets: Int16Array | undefined;
}

/** Rows of columns that belong together: a tag's half hour. */
export interface HalfHour {
  readonly tagId: number;
  readonly startUs: number;
  /** Their places in the columns, in order of time. */
  readonly rows: Int32Array;
}

const MAX_INT4 = 0x7fffffff;

/** Sort rows into half hours of tags. */
export function groupHalfHours(columns: ReadingColumns): HalfHour[] {
  const groupOf = new Int32Array(columns.length);
  const groups = new Map<number, number>();
  const counts: number[] = [];
  for (let row = 0; row < columns.length; row += 1) {
    const key = (columns.tagId[row] ?? 0) * 8_388_608 + Math.floor((columns.timeUs[row] ?? 0) / SEALED_SPAN_US); // half hours fit 23 bits until the year 2448
    let group = groups.get(key);
    if (group === undefined) {
      group = counts.push(0) - 1;
      groups.set(key, group);
    }
    groupOf[row] = group;
    counts[group] = (counts[group] ?? 0) + 1;
  }
  const rowsOf = counts.map((count) => new Int32Array(count));
  const filled = new Int32Array(counts.length);
  for (let row = 0; row < columns.length; row += 1) {
    const group = groupOf[row] ?? 0;
    const place = filled[group] ?? 0;
    const rows = rowsOf[group];
    if (rows !== undefined) rows[place] = row;
    filled[group] = place + 1;
  }
  return rowsOf.map((rows) => {
    const first = rows[0] ?? 0;
    const startUs = Math.floor((columns.timeUs[first] ?? 0) / SEALED_SPAN_US) * SEALED_SPAN_US;
    return { tagId: columns.tagId[first] ?? 0, startUs, rows: inOrder(rows, columns.timeUs) };
  });
}

/** Rows come in order of time nearly always. */
function inOrder(rows: Int32Array, timeUs: Float64Array): Int32Array {
  const time = (row: number): number => timeUs[row] ?? 0;
  for (let index = 1; index < rows.length; index += 1)
    if (time(rows[index] ?? 0) < time(rows[index - 1] ?? 0)) return rows.sort((a, b) => time(a) - time(b) || a - b);
  return rows;
}

/** Pack the readings of a half hour. */
export function sealReadings(columns: ReadingColumns, { tagId, startUs, rows }: HalfHour): SealedReadings {
  const first = rows[0] ?? 0;
  const offsets = new Float64Array(rows.length);
  for (let index = 0; index < rows.length; index += 1) offsets[index] = (columns.timeUs[rows[index] ?? 0] ?? 0) - startUs;
  return {
    startUs,
    tagId,
    count: rows.length,
    ...sealTimes(offsets),
    value: columns.value[first] ?? Number.NaN,
    receivedDeltaMs: columns.receivedDeltaMs[first] ?? 0,
    status: columns.status[first] ?? 0,
    flags: columns.flags[first] ?? 0,
    values: unlessSame(columns.value, rows, Float64Array),
    receivedDeltas: unlessSame(columns.receivedDeltaMs, rows, Int32Array),
    statuses: unlessSame(columns.status, rows, Int16Array),
    flagSets: unlessSame(columns.flags, rows, Int16Array),
  };
}

/** Times against an even pace, which leaves little to store of a cyclic reading. */
function sealTimes(offsets: Float64Array): Pick<SealedReadings, 'firstUs' | 'stepUs' | 'jitterUs'> {
  const firstUs = offsets[0] ?? 0;
  const stepUs = usualStep(offsets);
  const paced = jitterOf(offsets, firstUs, stepUs);
  if (paced !== 'too-wide') return { firstUs, stepUs, jitterUs: paced };
  const plain = jitterOf(offsets, firstUs, 0);
  if (plain === 'too-wide') throw new Error(`readings of a half hour lie further apart than ${MAX_INT4} µs`);
  return { firstUs, stepUs: 0, jitterUs: plain };
}

/** Median of the distances. */
function usualStep(offsets: Float64Array): number {
  if (offsets.length < 2) return 0;
  const steps = new Float64Array(offsets.length - 1);
  for (let index = 1; index < offsets.length; index += 1) steps[index - 1] = (offsets[index] ?? 0) - (offsets[index - 1] ?? 0);
  const [one] = steps;
  if (!steps.every((step) => step === one)) steps.sort();
  return steps[steps.length >> 1] ?? 0;
}

function jitterOf(offsets: Float64Array, firstUs: number, stepUs: number): Int32Array | undefined | 'too-wide' {
  const jitter = new Int32Array(offsets.length);
  let even = true;
  for (let index = 0; index < offsets.length; index += 1) {
    const us = (offsets[index] ?? 0) - firstUs - index * stepUs;
    if (Math.abs(us) > MAX_INT4) return 'too-wide';
    if (us !== 0) even = false;
    jitter[index] = us;
  }
  return even ? undefined : jitter;
}

/** What a column has in these rows; undefined when it is the same in all (to the bit, and NaN is NaN). */
function unlessSame<T extends Int32Array | Float64Array | Int16Array>(
  column: T,
  rows: Int32Array,
  make: new (length: number) => T,
): T | undefined {
  const first = column[rows[0] ?? 0];
  let same = 1;
  while (same < rows.length && Object.is(column[rows[same] ?? 0], first)) same += 1;
  if (same >= rows.length) return undefined;
  const list = new make(rows.length);
  for (let index = 0; index < rows.length; index += 1) list[index] = column[rows[index] ?? 0] ?? 0;
  return list;
}
