/** A part of a file: from a byte to before another. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * What a `Range` header asks of a file of that size (RFC 9110, 14.2): the whole file where it is absent, of another unit,
 * not understood, or names several ranges; undefined where no byte of the file is in it.
 */
export function parseByteRange(header: string | undefined, size: number): ByteRange | undefined {
  const whole = { from: 0, to: size };
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.replaceAll(' ', '') ?? '');
  if (match === null) return whole;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return whole;
  if (first === '') return last === '0' || size === 0 ? undefined : { from: Math.max(0, size - Number(last)), to: size };
  if (last !== '' && Number(last) < Number(first)) return whole;
  if (Number(first) >= size) return undefined;
  return { from: Number(first), to: last === '' ? size : Math.min(size, Number(last) + 1) };
}
