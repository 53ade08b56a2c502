import { endianness } from 'node:os';

/** Longest header of a packed field: key and a length below 2^21. */
const HEADER_BYTES = 4;
const CONTINUES = 0x80;
const IS_LITTLE_ENDIAN = endianness() === 'LE';

/** Most bytes that `encodeColumns` writes for a reading: 5 + 8 + 8 + 3 + 5 + 8, the headers apart. */
export const MAX_ROW_BYTES = 37;
/** Most bytes of the headers of all columns. */
export const MAX_HEADERS_BYTES = 6 * HEADER_BYTES;

/** The numbers of a block as columns of `rows` rows; an empty column is left out. */
export interface NumberColumns {
  readonly rows: number;
  readonly tag: Uint32Array;
  readonly timeDeltaUs: Float64Array;
  readonly value: Float64Array;
  readonly status: Uint16Array | undefined;
  readonly flags: Uint32Array | undefined;
  readonly receivedDeltaUs: Float64Array | undefined;
}

/**
 * Write the packed fields 3 to 8 of a `Block` (proto3) to `target`, which has room for `rows` × `MAX_ROW_BYTES` and
 * `MAX_HEADERS_BYTES`; returns the number of bytes. Differences of time are whole microseconds within ±2^52. Protocol
 * Buffers joins fields that are concatenated, so the rest of the message may come before.
 */
export function encodeColumns(columns: NumberColumns, target: Buffer): number {
  const { rows, tag, timeDeltaUs, value, status, flags, receivedDeltaUs } = columns;
  if (rows === 0) return 0;
  let end = packed(target, 0, 3, (at) => putVarints(target, at, tag, rows));
  end = packed(target, end, 4, (at) => putSigned(target, at, timeDeltaUs, rows));
  end = packed(target, end, 5, (at) => putDoubles(target, at, value, rows));
  if (status) end = packed(target, end, 6, (at) => putVarints(target, at, status, rows));
  if (flags) end = packed(target, end, 7, (at) => putVarints(target, at, flags, rows));
  if (receivedDeltaUs) end = packed(target, end, 8, (at) => putSigned(target, at, receivedDeltaUs, rows));
  return end;
}

/** A field of wire type 2: what `put` writes, moved to behind the key and its length once that is known. */
function packed(target: Buffer, at: number, field: number, put: (at: number) => number): number {
  const start = at + HEADER_BYTES;
  const end = put(start);
  target[at] = (field << 3) | 2;
  const body = putVarint(target, at + 1, end - start);
  target.copyWithin(body, start, end);
  return body + end - start;
}

function putVarints(target: Buffer, at: number, numbers: Uint32Array | Uint16Array, rows: number): number {
  let next = at;
  for (let row = 0; row < rows; row++) next = putVarint(target, next, numbers[row] ?? 0);
  return next;
}

/** ZigZag, as `sint64`. */
function putSigned(target: Buffer, at: number, numbers: Float64Array, rows: number): number {
  let next = at;
  for (let row = 0; row < rows; row++) {
    const number = numbers[row] ?? 0;
    next = putVarint(target, next, number < 0 ? -2 * number - 1 : 2 * number);
  }
  return next;
}

/** As memory has them, where that is little-endian. */
function putDoubles(target: Buffer, at: number, numbers: Float64Array, rows: number): number {
  if (IS_LITTLE_ENDIAN) target.set(new Uint8Array(numbers.buffer, numbers.byteOffset, rows * 8), at);
  else for (let row = 0; row < rows; row++) target.writeDoubleLE(numbers[row] ?? 0, at + row * 8);
  return at + rows * 8;
}

function putVarint(target: Buffer, at: number, number: number): number {
  let next = at;
  let rest = number;
  while (rest > 0x7fff_ffff) {
    target[next++] = (rest % 128) | CONTINUES;
    rest = Math.floor(rest / 128);
  }
  while (rest >= 128) {
    target[next++] = (rest & 0x7f) | CONTINUES;
    rest >>>= 7;
  }
  target[next++] = rest;
  return next;
}
