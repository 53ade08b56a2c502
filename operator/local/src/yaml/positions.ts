import type { Position } from './types.ts';

/** Collects where fields are while a document is converted. */
export interface Positions {
  record(path: readonly (string | number)[], offset: number): void;
  readonly positionOf: (field: string) => Position;
}

/** `a.b[0].c`, `a["b"]` and `a[b]` in one form, so that a path can be found however it was written. */
const normalize = (field: string): string =>
  field
    .replace(/\[["']?/g, '.')
    .replace(/["']?\]/g, '')
    .replace(/^\./, '');

export function createPositions(at: (offset: number) => Position): Positions {
  const offsets = new Map<string, number>();
  return {
    record: (path, offset) => {
      offsets.set(path.join('.'), offset);
    },
    positionOf: (field) => {
      let key = normalize(field);
      for (;;) {
        const offset = offsets.get(key);
        if (offset !== undefined) return at(offset);
        if (key === '') return { line: 1, column: 1 };
        key = key.slice(0, Math.max(0, key.lastIndexOf('.')));
      }
    },
  };
}
