import { encodeAdu } from '../codec/adu.ts';
import { AduStream } from '../codec/adu-stream.ts';
import type { Framing } from '../codec/framing.ts';
import { encodeResponse, type Response } from '../codec/response-pdu.ts';

/** What a server session asks of its owner. */
export interface ServerOutput {
  write(bytes: Uint8Array): void;
  /** The stream is broken: close it. */
  close(reason: string): void;
  /** The answer of a unit; undefined: there is no such unit, and nothing is answered. */
  answer(unitId: number, bytes: Uint8Array, pduStart: number, pduEnd: number): Response | undefined;
}

/** Server side of one connection, without a socket: bytes in, answers out, in the order of the requests. */
export function createServerSession(framing: Framing, output: ServerOutput): { receive(chunk: Uint8Array): void } {
  const stream = new AduStream(framing, 'request', {
    frame: (frame, bytes) => {
      const response = output.answer(frame.unitId, bytes, frame.pduStart, frame.pduEnd);
      if (response !== undefined) output.write(encodeAdu(framing, frame.transactionId, frame.unitId, encodeResponse(response)));
      return true;
    },
    malformed: (reason) => output.close(reason),
  });
  return { receive: (chunk) => stream.receive(chunk) };
}
