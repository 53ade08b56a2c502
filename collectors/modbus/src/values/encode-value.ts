import type { EffectiveModbus } from '@kubeplant/crds/model';
import { type ByteOrder, swapsBytes, wireByte } from './byte-order.ts';
import { registerCount } from './register-count.ts';

/** Whole range of an integer coding, for limiting. */
const RANGES: Readonly<Partial<Record<EffectiveModbus['rawType'], readonly [number, number]>>> = {
  Int8: [-128, 127],
  UInt8: [0, 255],
  Int16: [-32768, 32767],
  UInt16: [0, 65535],
  Int32: [-2147483648, 2147483647],
  UInt32: [0, 4294967295],
  Bcd16: [0, 9999],
  Bcd32: [0, 99999999],
};

/**
 * Code a raw value as registers (or as one bit, 0 or 1, for coils and discrete inputs): the inverse of the decoder. Integers are
 * rounded and limited to their range; text is cut to `length` bytes and padded with NUL. `present` are the registers as they
 * are, kept where a value covers only part of a register (a bit, a byte).
 */
export function encodeValue(modbus: EffectiveModbus, value: number | string, present: readonly number[] = []): number[] {
  const { register, rawType, byteOrder: order } = modbus;
  if (register === 'Coil' || register === 'DiscreteInput') return [Number(value) === 0 ? 0 : 1];
  if (rawType === 'String') return toRegisters(textBytes(String(value), modbus.length ?? 0, order));
  if (rawType === 'Boolean') return [withBit(modbus, Number(value) !== 0, present[0] ?? 0)];
  const view = new DataView(new ArrayBuffer(registerCount(modbus) * 2));
  if (rawType === 'Int8' || rawType === 'UInt8') view.setUint8(swapsBytes(order) ? 1 : 0, (present[0] ?? 0) >> (swapsBytes(order) ? 0 : 8));
  writeNumber(view, rawType, Number(value), order);
  return toRegisters(new Uint8Array(view.buffer));
}

function writeNumber(view: DataView, rawType: EffectiveModbus['rawType'], value: number, order: ByteOrder): void {
  const size = view.byteLength;
  const plain = new DataView(new ArrayBuffer(8));
  if (rawType === 'Float32') plain.setFloat32(0, value);
  else if (rawType === 'Float64') plain.setFloat64(0, value);
  else if (rawType === 'Int64') plain.setBigInt64(0, BigInt.asIntN(64, toBigInt(value)));
  else if (rawType === 'UInt64') plain.setBigUint64(0, BigInt.asUintN(64, toBigInt(Math.max(0, value))));
  else if (size === 4) plain.setUint32(0, wholeNumber(rawType, value) >>> 0);
  else plain.setUint16(0, wholeNumber(rawType, value) & 0xffff);
  const byteOnly = rawType === 'Int8' || rawType === 'UInt8';
  for (let i = byteOnly ? 1 : 0; i < size; i++) view.setUint8(wireByte(order, size, i), plain.getUint8(i));
}

function wholeNumber(rawType: EffectiveModbus['rawType'], value: number): number {
  const [low, high] = RANGES[rawType] ?? [0, 0];
  const limited = Math.min(high, Math.max(low, Math.round(Number.isNaN(value) ? 0 : value)));
  if (rawType !== 'Bcd16' && rawType !== 'Bcd32') return limited;
  let bits = 0;
  let rest = limited;
  for (let shift = 0; rest > 0; shift += 4, rest = Math.floor(rest / 10)) bits |= (rest % 10) << shift;
  return bits;
}

function withBit(modbus: EffectiveModbus, on: boolean, present: number): number {
  if (modbus.bit === undefined) return on ? 1 : 0;
  const mask = 1 << (swapsBytes(modbus.byteOrder) ? modbus.bit ^ 8 : modbus.bit);
  return on ? present | mask : present & ~mask & 0xffff;
}

function textBytes(value: string, length: number, order: ByteOrder): Uint8Array {
  const bytes = new Uint8Array(length + (length & 1));
  const source = Buffer.from(value, 'utf8');
  const swap = swapsBytes(order) ? 1 : 0;
  for (let i = 0; i < Math.min(length, source.length); i++) bytes[i ^ swap] = source[i] ?? 0;
  return bytes;
}

const toBigInt = (value: number): bigint => (Number.isFinite(value) ? BigInt(Math.round(value)) : 0n);

const toRegisters = (bytes: Uint8Array): number[] =>
  Array.from({ length: bytes.length / 2 }, (_, i) => ((bytes[i * 2] ?? 0) << 8) | (bytes[i * 2 + 1] ?? 0));
