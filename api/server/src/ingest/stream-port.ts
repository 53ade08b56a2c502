import type { ServerDuplexStream } from '@grpc/grpc-js';
import { grpcStatus } from '@kubeplant/kit';
import type { CollectorMessage, OwnerMessage } from '@kubeplant/proto';
import type { CloseReason, StreamPort } from '../owner/shard-link.ts';

/** A collector's call. */
export type CollectorCall = ServerDuplexStream<CollectorMessage, OwnerMessage>;

/** Messages that may wait for a collector that does not read. */
const MAX_WAITING = 4_096;

const CODES = {
  Unavailable: grpcStatus.UNAVAILABLE,
  Fenced: grpcStatus.ABORTED,
  Malformed: grpcStatus.INVALID_ARGUMENT,
  Unauthenticated: grpcStatus.UNAUTHENTICATED,
} as const;

/** End a call with a status. */
export function endCall(call: CollectorCall, code: number, details: string): void {
  if (!call.cancelled && !call.destroyed) call.emit('error', { code, details });
}

/** A call as the owner writes to it; one that does not read is cut. */
export function createStreamPort(call: CollectorCall, tokenHash: string): StreamPort {
  return {
    tokenHash,
    send: (message) => {
      if (call.cancelled || call.destroyed || call.writableEnded) return;
      call.write(message);
      if (call.writableLength > MAX_WAITING) endCall(call, grpcStatus.RESOURCE_EXHAUSTED, `${MAX_WAITING} answers were not read`);
    },
    close: ({ code, message }: CloseReason) => endCall(call, CODES[code], message),
  };
}
