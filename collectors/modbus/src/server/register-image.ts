import type { ReadFunction } from '../codec/function-code.ts';

/** Table by function code of its read. */
export type Table = ReadFunction;

const SIZE = 65_536;

/**
 * The four tables of one unit. An address that was never declared answers Illegal Data Address, as most devices do; a table
 * takes memory only once something is declared in it.
 */
export class RegisterImage {
  readonly #tables = new Map<Table, { readonly values: Uint16Array; readonly declared: Uint8Array }>();

  /** Declare `values` from `start` on and set them. Bits are 0 or 1. */
  set(table: Table, start: number, values: readonly number[]): void {
    const { values: all, declared } = this.#table(table);
    values.forEach((value, i) => {
      all[start + i] = value;
      declared[start + i] = 1;
    });
  }

  /** Values from `start` on; undefined when one of them was never declared. */
  get(table: Table, start: number, count: number): readonly number[] | undefined {
    const found = this.#tables.get(table);
    if (found === undefined || start + count > SIZE) return undefined;
    for (let at = start; at < start + count; at++) if (found.declared[at] !== 1) return undefined;
    return Array.from(found.values.subarray(start, start + count));
  }

  /** Data bytes of a read; undefined when an address was never declared. */
  read(table: Table, start: number, count: number): Uint8Array | undefined {
    const found = this.#tables.get(table);
    if (found === undefined || start + count > SIZE) return undefined;
    for (let at = start; at < start + count; at++) if (found.declared[at] !== 1) return undefined;
    const data = new Uint8Array(table <= 2 ? (count + 7) >> 3 : count * 2);
    for (let i = 0; i < count; i++) {
      const value = found.values[start + i] ?? 0;
      if (table <= 2) data[i >> 3] = (data[i >> 3] ?? 0) | ((value & 1) << (i & 7));
      else {
        data[i * 2] = value >> 8;
        data[i * 2 + 1] = value & 0xff;
      }
    }
    return data;
  }

  /** Forget everything. */
  clear(): void {
    this.#tables.clear();
  }

  #table(table: Table): { readonly values: Uint16Array; readonly declared: Uint8Array } {
    const found = this.#tables.get(table);
    if (found !== undefined) return found;
    const created = { values: new Uint16Array(SIZE), declared: new Uint8Array(SIZE) };
    this.#tables.set(table, created);
    return created;
  }
}
