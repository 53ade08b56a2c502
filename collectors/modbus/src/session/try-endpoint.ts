import type { Clock } from '@kubeplant/collector-core';
import { encodeReadAdu } from '../codec/adu.ts';
import { AduStream } from '../codec/adu-stream.ts';
import type { Framing } from '../codec/framing.ts';
import { decodeResponse } from '../codec/response-pdu.ts';
import type { Endpoint } from './endpoint.ts';
import type { Exchange } from './exchange.ts';
import { openSocket } from './open-socket.ts';

/** Ask an endpoint one question over a connection of its own; `answered` hears true when a well-formed answer came in time. Returns the cancel function. */
export function tryEndpoint(
  { endpoint, framing, clock, connectTimeoutMs }: { endpoint: Endpoint; framing: Framing; clock: Clock; connectTimeoutMs: number },
  question: Pick<Exchange, 'unitId' | 'request' | 'timeoutMs'>,
  answered: (works: boolean) => void,
): () => void {
  const stream = new AduStream(framing, 'response', {
    frame: (frame, bytes) => {
      const fits = frame.unitId === question.unitId && (framing === 'RtuOverTcp' || frame.transactionId === 1);
      end(fits && decodeResponse(question.request, bytes, frame.pduStart, frame.pduEnd).kind !== 'malformed');
      return false;
    },
    malformed: () => end(false),
  });
  const socket = openSocket(endpoint, {
    connected: () => socket.write(encodeReadAdu(framing, 1, question.unitId, question.request)),
    received: (bytes) => stream.receive(bytes),
    closed: () => end(false),
  });
  const cancelTimer = clock.setTimer(connectTimeoutMs + question.timeoutMs, () => end(false));
  let over = false;
  const cancel = () => {
    over = true;
    cancelTimer();
    socket.destroy();
  };
  function end(works: boolean): void {
    if (over) return;
    cancel();
    answered(works);
  }
  return cancel;
}
