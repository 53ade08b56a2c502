import type { AduDecoded, Direction } from './framing.ts';
import { crc16 } from './crc16.ts';
import { EXCEPTION_BIT, MAX_PDU_BYTES } from './function-code.ts';

/** Bytes behind the PDU; before it is the unit id. */
export const RTU_CRC_BYTES = 2;

/**
 * Decode a serial-line frame carried over TCP (MODBUS over Serial Line V1.02 §2.5.1): unit, PDU, CRC low byte first. TCP keeps
 * no pauses between frames, so the length comes from the function code and the byte count; an unknown function or a wrong CRC
 * is malformed.
 */
export function decodeRtu(direction: Direction, bytes: Uint8Array, start: number, end: number): AduDecoded {
  const pduBytes = direction === 'request' ? requestBytes(bytes, start + 1, end) : responseBytes(bytes, start + 1, end);
  if (pduBytes === undefined) return { kind: 'incomplete' };
  if (pduBytes === 0 || pduBytes > MAX_PDU_BYTES) return { kind: 'malformed', reason: pduBytes === 0 ? 'UnknownFunction' : 'WrongLength' };
  const pduEnd = start + 1 + pduBytes;
  if (end < pduEnd + 2) return { kind: 'incomplete' };
  const crc = (bytes[pduEnd] ?? 0) | ((bytes[pduEnd + 1] ?? 0) << 8);
  if (crc !== crc16(bytes, start, pduEnd)) return { kind: 'malformed', reason: 'WrongCrc' };
  return { kind: 'frame', transactionId: 0, unitId: bytes[start] ?? 0, pduStart: start + 1, pduEnd, next: pduEnd + 2 };
}

/** Put a PDU between a unit id and its CRC. */
export function encodeRtu(unitId: number, pdu: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(1 + pdu.length + RTU_CRC_BYTES);
  frame.set(pdu, 1);
  return addRtuEnds(frame, unitId);
}

/** Fill in unit id and CRC of a frame whose PDU is there already, from byte 1 to two bytes before its end. */
export function addRtuEnds(frame: Uint8Array, unitId: number): Uint8Array {
  frame[0] = unitId;
  const crcAt = frame.length - RTU_CRC_BYTES;
  const crc = crc16(frame, 0, crcAt);
  frame[crcAt] = crc & 0xff;
  frame[crcAt + 1] = crc >> 8;
  return frame;
}

/** Bytes of the response PDU at `at`; undefined: not yet known; 0: unknown function. */
function responseBytes(bytes: Uint8Array, at: number, end: number): number | undefined {
  if (end <= at) return undefined;
  const code = bytes[at] ?? 0;
  if (code & EXCEPTION_BIT) return isKnown(code & ~EXCEPTION_BIT) ? 2 : 0;
  if (!isKnown(code)) return 0;
  if (code > 4) return 5;
  return end <= at + 1 ? undefined : 2 + (bytes[at + 1] ?? 0);
}

/** Bytes of the request PDU at `at`; undefined: not yet known; 0: unknown function. */
function requestBytes(bytes: Uint8Array, at: number, end: number): number | undefined {
  if (end <= at) return undefined;
  const code = bytes[at] ?? 0;
  if (!isKnown(code)) return 0;
  if (code <= 6) return 5;
  return end <= at + 5 ? undefined : 6 + (bytes[at + 5] ?? 0);
}

const isKnown = (code: number): boolean => (code >= 1 && code <= 6) || code === 15 || code === 16;
