/** Order of the bytes of a value as the device sends its registers. */
export type ByteOrder = 'ABCD' | 'DCBA' | 'BADC' | 'CDAB';

/**
 * Which byte of the wire is byte `i` (most significant first) of a value of `size` bytes. For 32 bits the names are the bytes on
 * the wire; for 64 bits they say the same of bytes within registers and of the order of all four registers:
 * - `ABCD`: most significant register first, most significant byte first (AB CD EF GH).
 * - `CDAB`: least significant register first (GH EF CD AB).
 * - `BADC`: most significant register first, bytes of each register swapped (BA DC FE HG).
 * - `DCBA`: everything reversed (HG FE DC BA).
 * A 16-bit value has no register order: ABCD and CDAB are the same, so are BADC and DCBA.
 */
export function wireByte(order: ByteOrder, size: number, i: number): number {
  if (order === 'ABCD') return i;
  if (order === 'DCBA') return size - 1 - i;
  if (order === 'BADC') return i ^ 1;
  return (size - 1 - i) ^ 1;
}

/** True when the two bytes of each register are swapped. */
export const swapsBytes = (order: ByteOrder): boolean => order === 'BADC' || order === 'DCBA';
