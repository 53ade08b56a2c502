import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CopyRows, copyChunks, splitRows } from './copy-encoder.ts';

it('encodes any number without throwing, and splits into the same rows', () => {
  const row = fc.record({
    value: fc.double(),
    timeUs: fc.maxSafeInteger(),
    delta: fc.maxSafeInteger(),
    status: fc.nat(0xffff),
    text: fc.string({ unit: 'binary' }),
  });
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
      const copy = new CopyRows(1);
      for (const one of rows) {
        copy.number(7, one.timeUs, one.value, one.delta, one.status, 0);
        copy.text(7, one.timeUs, one.text, one.delta, one.status, 0);
        copy.outOfWindow(one.timeUs, 7, one.timeUs);
      }
      const parts = splitRows(copy.bytes());
      expect(parts).toHaveLength(copy.rows);
      expect(Buffer.concat(parts).equals(copy.bytes())).toBe(true);
    }),
  );
});

it('writes the time as microseconds since 2000, negative ones too', () => {
  const copy = new CopyRows(1);
  copy.number(1, 946_684_800_000_001, 1, 0, 0, 0);
  copy.number(1, 946_684_799_999_999, 1, 0, 0, 0);
  const [first, second] = splitRows(copy.bytes());
  expect(first?.readBigInt64BE(6)).toBe(1n);
  expect(second?.readBigInt64BE(6)).toBe(-1n);
});

it("writes what is not finite as null and a Bad status as two's complement", () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    const copy = new CopyRows(1);
    copy.number(1, 0, value, 0, 0x8005, 0);
    expect(copy.bytes().readInt32BE(14)).toBe(-1);
    expect(copy.bytes().readInt16BE(38)).toBe(0x8005 - 0x10000);
  }
});

it('frames parts with the signature and the trailer', () => {
  const chunks = copyChunks([Buffer.from([1]), Buffer.from([2])]);
  expect(Buffer.concat(chunks).subarray(0, 6).toString('latin1')).toBe('PGCOPY');
  expect(Buffer.concat(chunks).subarray(-4)).toEqual(Buffer.from([1, 2, 0xff, 0xff]));
});
