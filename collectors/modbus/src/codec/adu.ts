import type { AduDecoded, Direction, Framing } from './framing.ts';
import { decodeMbap, encodeMbap } from './mbap.ts';
import { decodeRtu, encodeRtu } from './rtu.ts';

/** Decode the frame that begins at `start`. Never reads beyond `end`, never asks for more than 260 bytes. */
export function decodeAdu(framing: Framing, direction: Direction, bytes: Uint8Array, start: number, end: number): AduDecoded {
  return framing === 'Tcp' ? decodeMbap(bytes, start, end) : decodeRtu(direction, bytes, start, end);
}

/** Put a PDU into a frame. */
export function encodeAdu(framing: Framing, transactionId: number, unitId: number, pdu: Uint8Array): Uint8Array {
  return framing === 'Tcp' ? encodeMbap(transactionId, unitId, pdu) : encodeRtu(unitId, pdu);
}
