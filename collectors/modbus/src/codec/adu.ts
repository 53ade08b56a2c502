import type { AduDecoded, Direction, Framing } from './framing.ts';
import { addMbapHeader, decodeMbap, encodeMbap, MBAP_HEADER_BYTES } from './mbap.ts';
import { putRead, READ_REQUEST_BYTES, type ReadRequest } from './request-pdu.ts';
import { addRtuEnds, decodeRtu, encodeRtu, RTU_CRC_BYTES } from './rtu.ts';

/** Decode the frame that begins at `start`. Never reads beyond `end`, never asks for more than 260 bytes. */
export function decodeAdu(framing: Framing, direction: Direction, bytes: Uint8Array, start: number, end: number): AduDecoded {
  return framing === 'Tcp' ? decodeMbap(bytes, start, end) : decodeRtu(direction, bytes, start, end);
}

/** Put a PDU into a frame. */
export function encodeAdu(framing: Framing, transactionId: number, unitId: number, pdu: Uint8Array): Uint8Array {
  return framing === 'Tcp' ? encodeMbap(transactionId, unitId, pdu) : encodeRtu(unitId, pdu);
}

/** Encode a read request and its frame in one piece: every poll takes this way, and nothing is made but the frame. */
export function encodeReadAdu(framing: Framing, transactionId: number, unitId: number, request: ReadRequest): Uint8Array {
  if (framing === 'RtuOverTcp') {
    const frame = Buffer.allocUnsafe(1 + READ_REQUEST_BYTES + RTU_CRC_BYTES);
    putRead(frame, 1, request);
    return addRtuEnds(frame, unitId);
  }
  const frame = Buffer.allocUnsafe(MBAP_HEADER_BYTES + READ_REQUEST_BYTES);
  putRead(frame, MBAP_HEADER_BYTES, request);
  return addMbapHeader(frame, transactionId, unitId);
}
