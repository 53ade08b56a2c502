import { EPOCH_2000_US } from '../micros.ts';
import type { SealedReadings } from './seal-readings.ts';

/** Columns in the order of the encoder. */
export const SEALED_COLUMNS =
  '(start, tag_id, n, first_us, step_us, value, received_delta_ms, status, flags, jitter_us, numbers, received_deltas, statuses, flag_sets)';

const NULL = -1;
const ROW_BYTES = 2 + 14 * 4 + 8 + 4 * 5 + 8 + 4;
const ARRAY_BYTES = 24;
const OID = { int2: 21, int4: 23, float8: 701 } as const;
const SIZE = { int2: 2, int4: 4, float8: 8 } as const;
type Element = keyof typeof OID;

/** A row of a sealed table in PostgreSQL's binary COPY format. */
export function encodeSealed(sealed: SealedReadings): Buffer {
  const lists: readonly (readonly [Element, Int32Array | Float64Array | Int16Array | undefined])[] = [
    ['int4', sealed.jitterUs],
    ['float8', sealed.values],
    ['int4', sealed.receivedDeltas],
    ['int2', sealed.statuses],
    ['int2', sealed.flagSets],
  ];
  const bytes = lists.reduce(
    (sum, [type, list]) => sum + (list === undefined ? 0 : ARRAY_BYTES + list.length * (4 + SIZE[type])),
    ROW_BYTES,
  );
  const buffer = Buffer.allocUnsafe(bytes);
  let at = buffer.writeInt16BE(14, 0);
  at = buffer.writeInt32BE(8, at);
  at = writeInt8(buffer, sealed.startUs - EPOCH_2000_US, at);
  for (const number of [sealed.tagId, sealed.count, sealed.firstUs, sealed.stepUs]) at = writeInt4(buffer, number, at);
  at = writeNumber(buffer, sealed.value, at);
  at = writeInt4(buffer, sealed.receivedDeltaMs, at);
  at = buffer.writeInt16BE(sealed.status, buffer.writeInt32BE(2, at));
  at = buffer.writeInt16BE(sealed.flags, buffer.writeInt32BE(2, at));
  for (const [type, list] of lists) at = list === undefined ? buffer.writeInt32BE(NULL, at) : writeList(buffer, type, list, at);
  return buffer.subarray(0, at);
}

const writeInt4 = (buffer: Buffer, value: number, at: number): number => buffer.writeInt32BE(value, buffer.writeInt32BE(4, at));

function writeInt8(buffer: Buffer, value: number, at: number): number {
  const high = Math.floor(value / 4_294_967_296);
  return buffer.writeUInt32BE(value - high * 4_294_967_296, buffer.writeInt32BE(high, at));
}

const writeNumber = (buffer: Buffer, value: number, at: number): number =>
  Number.isNaN(value) ? buffer.writeInt32BE(NULL, at) : buffer.writeDoubleBE(value, buffer.writeInt32BE(8, at));

/** One dimension from 1; only numbers can be missing. */
function writeList(buffer: Buffer, type: Element, list: Int32Array | Float64Array | Int16Array, start: number): number {
  let at = start + 4;
  at = buffer.writeInt32BE(1, at);
  at = buffer.writeInt32BE(type === 'float8' && list.some(Number.isNaN) ? 1 : 0, at);
  at = buffer.writeInt32BE(OID[type], at);
  at = buffer.writeInt32BE(list.length, at);
  at = buffer.writeInt32BE(1, at);
  for (const value of list) {
    if (type === 'float8') at = writeNumber(buffer, value, at);
    else if (type === 'int4') at = writeInt4(buffer, value, at);
    else at = buffer.writeInt16BE(value, buffer.writeInt32BE(2, at));
  }
  buffer.writeInt32BE(at - start - 4, start);
  return at;
}
