/** What of a list was asked for. */
export interface ListInput {
  readonly limit?: number;
  readonly offset?: number;
  readonly order?: 'asc' | 'desc';
  readonly q?: string;
}

/** Sort, count and cut rows held in memory. Names sort as people read them (`pump-2` before `pump-10`). */
export function toList<T>(rows: readonly T[], input: ListInput, by: readonly ((row: T) => Sortable)[]): { items: T[]; total: number } {
  const direction = input.order === 'desc' ? -1 : 1;
  const sorted = rows.toSorted((a, b) => {
    for (const [index, key] of by.entries()) {
      const order = compare(key(a), key(b));
      if (order !== 0) return index === 0 ? order * direction : order;
    }
    return 0;
  });
  const offset = input.offset ?? 0;
  return { items: sorted.slice(offset, offset + (input.limit ?? 25)), total: rows.length };
}

/** True when every word of `q` occurs in one of the texts. */
export function matches(q: string | undefined, texts: readonly (string | undefined)[]): boolean {
  if (q === undefined) return true;
  const all = texts.join('\n').toLowerCase();
  return q
    .toLowerCase()
    .split(/\s+/)
    .every((word) => all.includes(word));
}

/** What rows are sorted by; undefined and null come first. */
export type Sortable = string | number | boolean | null | undefined;

const collator = new Intl.Collator('en', { numeric: true });

function compare(a: Sortable, b: Sortable): number {
  if (typeof a === 'string' && typeof b === 'string') return collator.compare(a, b);
  const [x, y] = [rank(a), rank(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

const rank = (value: Sortable): number =>
  value === undefined || value === null ? Number.NEGATIVE_INFINITY : typeof value === 'string' ? 0 : Number(value);
