import type { AduDecoded } from './framing.ts';
import { MAX_PDU_BYTES } from './function-code.ts';

/** Bytes before the PDU. */
export const MBAP_HEADER_BYTES = 7;

/**
 * Decode an MBAP frame (MODBUS Messaging on TCP/IP V1.0b §3.1.3): transaction id, protocol id 0, length of what follows
 * (unit id and PDU: 2…254), unit id. Another protocol id or length is malformed: the stream is out of step for good.
 */
export function decodeMbap(bytes: Uint8Array, start: number, end: number): AduDecoded {
  const available = end - start;
  if (available >= 4 && ((bytes[start + 2] ?? 0) | (bytes[start + 3] ?? 0)) !== 0) return { kind: 'malformed', reason: 'WrongProtocol' };
  if (available < 6) return { kind: 'incomplete' };
  const length = ((bytes[start + 4] ?? 0) << 8) | (bytes[start + 5] ?? 0);
  if (length < 2 || length > MAX_PDU_BYTES + 1) return { kind: 'malformed', reason: 'WrongLength' };
  const next = start + 6 + length;
  if (end < next) return { kind: 'incomplete' };
  return {
    kind: 'frame',
    transactionId: ((bytes[start] ?? 0) << 8) | (bytes[start + 1] ?? 0),
    unitId: bytes[start + 6] ?? 0,
    pduStart: start + MBAP_HEADER_BYTES,
    pduEnd: next,
    next,
  };
}

/** Put a PDU behind an MBAP header. */
export function encodeMbap(transactionId: number, unitId: number, pdu: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(MBAP_HEADER_BYTES + pdu.length);
  for (let i = 0; i < pdu.length; i++) frame[MBAP_HEADER_BYTES + i] = pdu[i] ?? 0;
  return addMbapHeader(frame, transactionId, unitId);
}

/** Fill in the header of a frame whose PDU is there already, from byte 7 to its end. */
export function addMbapHeader(frame: Uint8Array, transactionId: number, unitId: number): Uint8Array {
  const length = frame.length - MBAP_HEADER_BYTES + 1;
  frame[0] = transactionId >> 8;
  frame[1] = transactionId & 0xff;
  frame[2] = 0;
  frame[3] = 0;
  frame[4] = length >> 8;
  frame[5] = length & 0xff;
  frame[6] = unitId;
  return frame;
}
