import type { ServerDuplexStream } from '@grpc/grpc-js';
import type { model } from '@kubeplant/proto';

/** The operator's call. */
export type OperatorCall = ServerDuplexStream<model.OperatorMessage, model.ApiMessage>;

/** Send, unless the call is over. */
export function sendTo(call: OperatorCall, message: NonNullable<model.ApiMessage['message']>): void {
  if (!call.cancelled && !call.destroyed && !call.writableEnded) call.write({ message });
}

export function endOperatorCall(call: OperatorCall, code: number, details: string): void {
  if (!call.cancelled && !call.destroyed) call.emit('error', { code, details });
}
