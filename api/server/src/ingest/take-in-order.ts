import type { ServerDuplexStream } from '@grpc/grpc-js';
import { AsyncLocalStorage } from 'node:async_hooks';

/**
 * Take a call's messages one after the other; what has not been taken waits on the wire. Resolves when the call has
 * ended, from whichever side, and the last message is taken; rejects when `take` does. Not an async iterator: that destroys the call on an error, and
 * with it the status on its way to the caller.
 */
export function takeInOrder<Request, Response>(
  call: ServerDuplexStream<Request, Response>,
  take: (message: Request) => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const takeInContext = AsyncLocalStorage.bind(take); // messages come in the context of the socket, not of the call
    let over = false;
    let busy = false;
    const end = (): void => {
      over = true;
      if (!busy) resolve();
    };
    call.on('data', (message: Request) => {
      if (over) return;
      busy = true;
      call.pause();
      takeInContext(message)
        .catch((error: unknown) => {
          over = true;
          reject(error);
        })
        .finally(() => {
          busy = false;
          if (over) resolve();
          call.resume();
        });
    });
    for (const event of ['end', 'cancelled', 'error', 'close']) call.once(event, end);
  });
}
