import { decodeText } from '@kubeplant/collector-core';
import type { EffectiveModbus } from '@kubeplant/crds/model';
import { Flag, Status } from '@kubeplant/words';
import { type ByteOrder, swapsBytes, wireByte } from './byte-order.ts';

/** A decoded raw value. `value` is undefined when `status` is not Good. */
export interface RawValue {
  readonly value: number | string | undefined;
  readonly status: number;
  readonly flags: number;
}

/** Takes the raw value out of the data of a response. `at`: index of the value's first bit (bit tables) or first byte (registers). */
export type ValueDecoder = (data: Uint8Array, at: number) => RawValue;

const good = (value: number | string): RawValue => ({ value, status: Status.Good, flags: 0 });

/**
 * Decoder of one tag's coding, made once when reads are planned. Int8 and UInt8 are the low-order byte of their register; a
 * String is cut at NUL, its bytes in wire order (swapped in each register with BADC and DCBA); a BCD nibble above 9 is
 * BadDecodingError; a 64-bit integer beyond 2^53 is rounded and flagged Truncated. Float NaN and infinities pass as they are.
 */
export function createDecoder(modbus: EffectiveModbus): ValueDecoder {
  const { register, rawType, byteOrder: order, bit } = modbus;
  if (register === 'Coil' || register === 'DiscreteInput') return (data, at) => good(((data[at >> 3] ?? 0) >> (at & 7)) & 1);
  switch (rawType) {
    case 'Boolean':
      if (bit === undefined) return (data, at) => good(((data[at] ?? 0) | (data[at + 1] ?? 0)) === 0 ? 0 : 1);
      return (data, at) => good((ordered(data, at, 2, order).getUint16(0) >> bit) & 1);
    case 'Int8':
      return (data, at) => good(ordered(data, at, 2, order).getInt8(1));
    case 'UInt8':
      return (data, at) => good(ordered(data, at, 2, order).getUint8(1));
    case 'Int16':
      return (data, at) => good(ordered(data, at, 2, order).getInt16(0));
    case 'UInt16':
      return (data, at) => good(ordered(data, at, 2, order).getUint16(0));
    case 'Int32':
      return (data, at) => good(ordered(data, at, 4, order).getInt32(0));
    case 'UInt32':
      return (data, at) => good(ordered(data, at, 4, order).getUint32(0));
    case 'Int64':
      return (data, at) => wide(ordered(data, at, 8, order).getBigInt64(0));
    case 'UInt64':
      return (data, at) => wide(ordered(data, at, 8, order).getBigUint64(0));
    case 'Float32':
      return (data, at) => good(ordered(data, at, 4, order).getFloat32(0));
    case 'Float64':
      return (data, at) => good(ordered(data, at, 8, order).getFloat64(0));
    case 'Bcd16':
      return (data, at) => bcd(ordered(data, at, 2, order).getUint16(0), 4);
    case 'Bcd32':
      return (data, at) => bcd(ordered(data, at, 4, order).getUint32(0), 8);
    case 'String':
      return (data, at) => good(text(data, at, modbus.length ?? 0, order));
  }
}

/** Gives each tag its decoder; tags that are coded alike share one. */
export function createDecoderCache(): (modbus: EffectiveModbus) => ValueDecoder {
  const decoders = new Map<string, ValueDecoder>();
  return (modbus) => {
    const { register, rawType, byteOrder, bit, length } = modbus;
    const key = [register, rawType, byteOrder, bit, length].join();
    const decoder = decoders.get(key) ?? createDecoder(modbus);
    decoders.set(key, decoder);
    return decoder;
  };
}

const scratch = new DataView(new ArrayBuffer(8));

/** The value's bytes, most significant first, in a scratch view that the next call overwrites. */
function ordered(data: Uint8Array, at: number, size: number, order: ByteOrder): DataView {
  for (let i = 0; i < size; i++) scratch.setUint8(i, data[at + wireByte(order, size, i)] ?? 0);
  return scratch;
}

function wide(value: bigint): RawValue {
  const rounded = Number(value);
  return { value: rounded, status: Status.Good, flags: Number.isSafeInteger(rounded) ? 0 : Flag.Truncated };
}

function bcd(bits: number, digits: number): RawValue {
  let value = 0;
  for (let i = digits - 1; i >= 0; i--) {
    const digit = (bits >>> (i * 4)) & 0xf;
    if (digit > 9) return { value: undefined, status: Status.BadDecodingError, flags: 0 };
    value = value * 10 + digit;
  }
  return good(value);
}

function text(data: Uint8Array, at: number, length: number, order: ByteOrder): string {
  if (!swapsBytes(order)) return decodeText(data.subarray(at, at + length));
  return decodeText(Uint8Array.from({ length }, (_, i) => data[at + (i ^ 1)] ?? 0));
}
