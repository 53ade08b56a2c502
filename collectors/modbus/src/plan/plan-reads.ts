import { LIMITS, type ReadFunction } from '../codec/function-code.ts';
import type { TagPoint } from './tag-point.ts';

/** One request and the tags its answer holds. */
export interface PlannedRead {
  readonly function: ReadFunction;
  readonly start: number;
  readonly count: number;
  readonly points: readonly TagPoint[];
}

/** What bounds merging. */
export interface ReadLimits {
  readonly maxRegistersPerRead: number;
  readonly maxBitsPerRead: number;
  /** Registers nobody asked for that a merged read may bring along; sixteen times as many bits. */
  readonly mergeGap: number;
}

/** Places no merged read may go over, learnt from exceptions. */
export interface ReadBarriers {
  /** No read may cover both `at - 1` and `at`. */
  readonly cuts: ReadonlySet<string>;
  /** Points read alone; no other read may cover them. */
  readonly alone: ReadonlySet<TagPoint>;
}

/** Key of a cut before the item `at`. */
export const cutKey = (functionCode: ReadFunction, at: number): string => `${functionCode}:${at}`;

/** Merge points into the fewest reads within the limits, in order of function and address. A point is never split over reads. */
export function planReads(points: readonly TagPoint[], limits: ReadLimits, barriers: ReadBarriers): PlannedRead[] {
  const sorted = [...points].sort((a, b) => a.function - b.function || a.start - b.start || a.count - b.count);
  const reads: PlannedRead[] = [];
  let open: { function: ReadFunction; start: number; end: number; points: TagPoint[] } | undefined;
  const close = () => {
    if (open !== undefined) reads.push({ function: open.function, start: open.start, count: open.end - open.start, points: open.points });
    open = undefined;
  };
  for (const point of sorted) {
    const end = point.start + point.count;
    if (barriers.alone.has(point)) {
      reads.push({ function: point.function, start: point.start, count: point.count, points: [point] });
      continue;
    }
    const joined: number = Math.max(open?.end ?? 0, end);
    if (open !== undefined && canJoin(open, point, joined, limits) && !isBarred(open.function, open.start, open.end, joined, barriers)) {
      open.end = joined;
      open.points.push(point);
    } else {
      close();
      open = { function: point.function, start: point.start, end, points: [point] };
    }
  }
  close();
  return reads;
}

function canJoin(
  open: { function: ReadFunction; start: number; end: number },
  point: TagPoint,
  joined: number,
  limits: ReadLimits,
): boolean {
  const gap = open.function <= 2 ? limits.mergeGap * 16 : limits.mergeGap;
  if (open.function !== point.function || point.start - open.end > gap) return false;
  const most =
    open.function <= 2 ? Math.min(LIMITS.readBits, limits.maxBitsPerRead) : Math.min(LIMITS.readRegisters, limits.maxRegistersPerRead);
  return joined - open.start <= most;
}

/** Would growing the read [start, end) to [start, joined) take it over a barrier? */
function isBarred(functionCode: ReadFunction, start: number, end: number, joined: number, barriers: ReadBarriers): boolean {
  for (let at = end; at <= joined && barriers.cuts.size > 0; at++) {
    if (at > start && at < joined && barriers.cuts.has(cutKey(functionCode, at))) return true;
  }
  for (const point of barriers.alone) {
    if (point.function === functionCode && point.start < joined && point.start + point.count > start) return true;
  }
  return false;
}
