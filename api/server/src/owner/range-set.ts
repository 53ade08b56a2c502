/** Sequence numbers first…last, both included. */
export interface Range {
  readonly first: number;
  readonly last: number;
}

/** A set of sequence numbers, kept as ranges: what of a run is committed, or accepted. */
export class RangeSet {
  #ranges: Range[];

  constructor(ranges: readonly Range[] = []) {
    this.#ranges = [];
    for (const range of ranges) this.add(range.first, range.last);
  }

  ranges(): readonly Range[] {
    return this.#ranges;
  }

  count(): number {
    return this.#ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  }

  has(seq: number): boolean {
    return this.#ranges.some((range) => range.first <= seq && seq <= range.last);
  }

  hasAll(ranges: readonly Range[]): boolean {
    return ranges.every(({ first, last }) => this.#ranges.some((range) => range.first <= first && last <= range.last));
  }

  add(first: number, last: number = first): void {
    const tail = this.#ranges.at(-1);
    if (tail !== undefined && tail.last + 1 === first) {
      this.#ranges[this.#ranges.length - 1] = { first: tail.first, last };
      return;
    }
    if (tail === undefined || tail.last + 1 < first) {
      this.#ranges.push({ first, last });
      return;
    }
    let merged: Range = { first, last };
    const rest: Range[] = [];
    for (const range of this.#ranges) {
      if (range.last + 1 < merged.first || merged.last + 1 < range.first) rest.push(range);
      else merged = { first: Math.min(range.first, merged.first), last: Math.max(range.last, merged.last) };
    }
    rest.push(merged);
    this.#ranges = rest.sort((a, b) => a.first - b.first);
  }
}

/** As PostgreSQL writes an int8multirange: `{[1,5),[7,9)}`. */
export const formatMultirange = (ranges: readonly Range[]): string =>
  `{${ranges.map(({ first, last }) => `[${first},${last + 1})`).join(',')}}`;

/** What PostgreSQL writes, in its canonical form. */
export function parseMultirange(text: string): Range[] {
  return [...text.matchAll(/\[(\d+),(\d+)\)/g)].map(([, first, end]) => ({ first: Number(first), last: Number(end) - 1 }));
}
