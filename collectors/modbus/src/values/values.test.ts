import type { EffectiveModbus } from '@kubeplant/crds/model';
import { Flag, Status } from '@kubeplant/words';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDecoder } from './decode-value.ts';
import { encodeValue } from './encode-value.ts';
import { registerCount } from './register-count.ts';

const modbus = (rest: Partial<EffectiveModbus>): EffectiveModbus => ({
  register: 'Holding',
  address: 0,
  addressBase: 0,
  rawType: 'UInt16',
  byteOrder: 'ABCD',
  ...rest,
});
const decode = (rest: Partial<EffectiveModbus>, hex: string, at = 0) =>
  createDecoder(modbus(rest))(Uint8Array.from(Buffer.from(hex, 'hex')), at);

const TABLE: readonly [title: string, rest: Partial<EffectiveModbus>, hex: string, value: number | string][] = [
  ['a register', { rawType: 'UInt16' }, 'fffe', 65534],
  ['a signed register', { rawType: 'Int16' }, 'fffe', -2],
  ['a register with its bytes swapped', { rawType: 'UInt16', byteOrder: 'BADC' }, '0100', 1],
  ['a register whose order of registers does not matter', { rawType: 'UInt16', byteOrder: 'CDAB' }, '0001', 1],
  ['the low byte, unsigned', { rawType: 'UInt8' }, '12fe', 254],
  ['the low byte, signed', { rawType: 'Int8' }, '12fe', -2],
  ['the other byte when bytes are swapped', { rawType: 'UInt8', byteOrder: 'DCBA' }, '12fe', 18],
  ['Boolean: any bit set', { rawType: 'Boolean' }, '0100', 1],
  ['Boolean: no bit set', { rawType: 'Boolean' }, '0000', 0],
  ['bit 0', { rawType: 'Boolean', bit: 0 }, '0001', 1],
  ['bit 15', { rawType: 'Boolean', bit: 15 }, '8000', 1],
  ['bit 3 not set', { rawType: 'Boolean', bit: 3 }, 'fff7', 0],
  ['bit 0 with swapped bytes', { rawType: 'Boolean', bit: 0, byteOrder: 'BADC' }, '0100', 1],
  ['UInt32 ABCD', { rawType: 'UInt32' }, '01020304', 0x01020304],
  ['UInt32 CDAB', { rawType: 'UInt32', byteOrder: 'CDAB' }, '03040102', 0x01020304],
  ['UInt32 BADC', { rawType: 'UInt32', byteOrder: 'BADC' }, '02010403', 0x01020304],
  ['UInt32 DCBA', { rawType: 'UInt32', byteOrder: 'DCBA' }, '04030201', 0x01020304],
  ['Int32 below zero', { rawType: 'Int32' }, 'ffffffff', -1],
  ['Float32', { rawType: 'Float32' }, '3fc00000', 1.5],
  ['Float32 CDAB', { rawType: 'Float32', byteOrder: 'CDAB' }, '00003fc0', 1.5],
  ['Float64', { rawType: 'Float64' }, '3ff8000000000000', 1.5],
  ['Float64 CDAB: least register first', { rawType: 'Float64', byteOrder: 'CDAB' }, '0000000000003ff8', 1.5],
  ['Float64 DCBA: everything reversed', { rawType: 'Float64', byteOrder: 'DCBA' }, '000000000000f83f', 1.5],
  ['UInt64', { rawType: 'UInt64' }, '0001020304050607', 0x0001020304050607],
  ['UInt64 CDAB', { rawType: 'UInt64', byteOrder: 'CDAB' }, '0607040502030001', 0x0001020304050607],
  ['UInt64 BADC', { rawType: 'UInt64', byteOrder: 'BADC' }, '0100030205040706', 0x0001020304050607],
  ['Int64 below zero', { rawType: 'Int64' }, 'fffffffffffffffe', -2],
  ['Bcd16', { rawType: 'Bcd16' }, '1234', 1234],
  ['Bcd32', { rawType: 'Bcd32' }, '12345678', 12345678],
  ['Bcd32 CDAB', { rawType: 'Bcd32', byteOrder: 'CDAB' }, '56781234', 12345678],
  ['text up to NUL', { rawType: 'String', length: 6 }, '414243000041', 'ABC'],
  ['text with swapped bytes', { rawType: 'String', length: 4, byteOrder: 'BADC' }, '42414443', 'ABCD'],
  ['text of an odd length', { rawType: 'String', length: 3 }, '41424344', 'ABC'],
  ['text that is not UTF-8', { rawType: 'String', length: 2 }, '41ff', 'A\ufffd'],
];

describe('createDecoder', () => {
  it.each(TABLE)('decodes %s', (_title, rest, hex, value) => {
    expect(decode(rest, hex)).toEqual({ value, status: Status.Good, flags: 0 });
  });

  it('takes a bit of a packed response by its index', () => {
    expect(decode({ register: 'Coil', rawType: 'Boolean' }, 'cd6b05', 3).value).toBe(1);
    expect(decode({ register: 'DiscreteInput', rawType: 'Boolean' }, 'cd6b05', 10).value).toBe(0);
    expect(decode({ register: 'DiscreteInput', rawType: 'Boolean' }, 'cd6b05', 18).value).toBe(1);
  });

  it('flags a 64-bit integer beyond 2^53 as Truncated', () => {
    expect(decode({ rawType: 'UInt64' }, 'ffffffffffffffff')).toMatchObject({ value: 2 ** 64, flags: Flag.Truncated });
    expect(decode({ rawType: 'Int64' }, '8000000000000000')).toMatchObject({ value: -(2 ** 63), flags: Flag.Truncated });
    expect(decode({ rawType: 'UInt64' }, '001fffffffffffff')).toMatchObject({ value: Number.MAX_SAFE_INTEGER, flags: 0 });
  });

  it('has no value for a nibble that is no decimal digit', () => {
    expect(decode({ rawType: 'Bcd16' }, '12a4')).toEqual({ value: undefined, status: Status.BadDecodingError, flags: 0 });
    expect(decode({ rawType: 'Bcd32' }, 'f0000000')).toEqual({ value: undefined, status: Status.BadDecodingError, flags: 0 });
  });
});

const orders = fc.constantFrom<EffectiveModbus['byteOrder'][]>('ABCD', 'DCBA', 'BADC', 'CDAB');
const back = (rest: Partial<EffectiveModbus>, value: number | string, present?: readonly number[]) => {
  const registers = encodeValue(modbus(rest), value, present);
  expect(registers).toHaveLength(registerCount(modbus(rest)));
  return createDecoder(modbus(rest))(Uint8Array.from(registers.flatMap((register) => [register >> 8, register & 0xff])), 0).value;
};

describe('encodeValue', () => {
  const kinds: readonly [EffectiveModbus['rawType'], fc.Arbitrary<number>][] = [
    ['Int8', fc.integer({ min: -128, max: 127 })],
    ['UInt8', fc.nat(255)],
    ['Int16', fc.integer({ min: -32768, max: 32767 })],
    ['UInt16', fc.nat(65535)],
    ['Int32', fc.integer()],
    ['UInt32', fc.integer({ min: 0, max: 4294967295 })],
    ['Int64', fc.maxSafeInteger()],
    ['UInt64', fc.maxSafeNat()],
    ['Float32', fc.float({ noNaN: true })],
    ['Float64', fc.double({ noNaN: true })],
    ['Bcd16', fc.nat(9999)],
    ['Bcd32', fc.nat(99999999)],
  ];
  it.each(kinds)('is the inverse of decoding for %s in every order', (rawType, values) => {
    fc.assert(
      fc.property(values, orders, (value, byteOrder) => {
        expect(back({ rawType, byteOrder }, value)).toBe(value);
      }),
    );
  });

  it('is the inverse for text in every order', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9 ]{0,11}$/), orders, (value, byteOrder) => {
        expect(back({ rawType: 'String', length: 11, byteOrder }, value)).toBe(value);
      }),
    );
  });

  it('limits a value to what the coding holds', () => {
    expect(back({ rawType: 'UInt16' }, 70_000)).toBe(65535);
    expect(back({ rawType: 'Int16' }, -40_000)).toBe(-32768);
    expect(back({ rawType: 'Bcd16' }, 12_345)).toBe(9999);
    expect(back({ rawType: 'UInt16' }, Number.NaN)).toBe(0);
    expect(back({ rawType: 'Int64' }, Number.POSITIVE_INFINITY)).toBe(0);
  });

  it('leaves the other bits and the other byte of a register as they are', () => {
    expect(encodeValue(modbus({ rawType: 'Boolean', bit: 2 }), 1, [0x8001])).toEqual([0x8005]);
    expect(encodeValue(modbus({ rawType: 'Boolean', bit: 0, byteOrder: 'BADC' }), 0, [0x0101])).toEqual([0x0001]);
    expect(encodeValue(modbus({ rawType: 'UInt8' }), 7, [0xab00])).toEqual([0xab07]);
    expect(encodeValue(modbus({ rawType: 'UInt8', byteOrder: 'DCBA' }), 7, [0x00ab])).toEqual([0x07ab]);
  });

  it('writes one bit for coils and discrete inputs', () => {
    expect(encodeValue(modbus({ register: 'Coil', rawType: 'Boolean' }), 5)).toEqual([1]);
    expect(encodeValue(modbus({ register: 'DiscreteInput', rawType: 'Boolean' }), 0)).toEqual([0]);
  });
});
