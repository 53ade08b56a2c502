/** A range of whole numbers, both ends included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** A set of whole numbers, small while they lie in few ranges. */
export interface RangeSet {
  add(first: number, last: number): void;
  remove(first: number, last: number): void;
  has(value: number): boolean;
  /** Last number of the range that holds `value`; undefined when it is not in the set. */
  endOf(value: number): number | undefined;
  /** In rising order. */
  ranges(): readonly Range[];
  /** How many of first…last are in the set. */
  countWithin(first: number, last: number): number;
  readonly size: number;
}

/** A set of the numbers in `initial`. */
export function createRangeSet(initial: readonly Range[] = []): RangeSet {
  let ranges: Range[] = [];

  /** Index of the first range that does not end before `value`. */
  function indexOf(value: number): number {
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ranges[middle]?.last ?? 0) < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function endOf(value: number): number | undefined {
    const range = ranges[indexOf(value)];
    return range && range.first <= value ? range.last : undefined;
  }

  function add(first: number, last: number): void {
    if (last < first) return;
    const from = indexOf(first - 1);
    let until = from;
    let merged: Range = { first, last };
    for (let next = ranges[until]; next && next.first <= last + 1; next = ranges[++until])
      merged = { first: Math.min(merged.first, next.first), last: Math.max(merged.last, next.last) };
    ranges.splice(from, until - from, merged);
  }

  function remove(first: number, last: number): void {
    if (last < first) return;
    ranges = ranges.flatMap((range) => {
      if (range.last < first || range.first > last) return [range];
      const rest: Range[] = [];
      if (range.first < first) rest.push({ first: range.first, last: first - 1 });
      if (range.last > last) rest.push({ first: last + 1, last: range.last });
      return rest;
    });
  }

  function countWithin(first: number, last: number): number {
    let count = 0;
    for (let at = indexOf(first); at < ranges.length; at++) {
      const range = ranges[at];
      if (range === undefined || range.first > last) break;
      count += Math.min(range.last, last) - Math.max(range.first, first) + 1;
    }
    return count;
  }

  for (const { first, last } of initial) add(first, last);
  return {
    add,
    remove,
    has: (value) => endOf(value) !== undefined,
    endOf,
    ranges: () => ranges,
    countWithin,
    get size() {
      return ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
    },
  };
}

/** The first number of `wanted` below `limit` that none of `others` has. */
export function firstOutside(wanted: RangeSet, limit: number, others: readonly RangeSet[]): number | undefined {
  for (const { first, last } of wanted.ranges()) {
    let value = first;
    while (value <= last && value < limit) {
      const end = others.map((set) => set.endOf(value)).find((each) => each !== undefined);
      if (end === undefined) return value;
      value = end + 1;
    }
  }
  return undefined;
}
