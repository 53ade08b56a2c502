import type { ValueSubscriber } from './fan-out.ts';

/** The part of a WebSocket in use. */
export interface LiveSocket {
  readonly bufferedAmount: number;
  send(text: string): void;
  close(code: number, reason: string): void;
}

/** Beyond this much unread, values are left out until the client has caught up. */
export const BEHIND_BYTES = 1 << 20;
/** Beyond this much unread, or this long behind, the client is given up. */
const lostBytes = 8 << 20;
const lostMs = 10_000;
const checkMs = 250;

/** What goes out to one client. */
export interface Outbox extends ValueSubscriber {
  /** Never left out: answers and alarms. */
  send(text: string): void;
  /** Say that the connection lives, where nothing else has. */
  beat(): void;
  close(): void;
}

/** Outbox of a socket: values are left out for a slow client, who then gets a snapshot (`onCaughtUp`), or is given up. */
export function createOutbox(
  socket: LiveSocket,
  deps: { readonly now: () => number; readonly onTooSlow: () => void; readonly onCaughtUp: () => void },
): Outbox {
  let behindSinceMs: number | undefined;
  let quiet = true;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const check = (): void => {
    timer = undefined;
    if (behindSinceMs === undefined) return;
    if (socket.bufferedAmount < BEHIND_BYTES / 4) {
      behindSinceMs = undefined;
      deps.onCaughtUp();
    } else if (deps.now() - behindSinceMs > lostMs) deps.onTooSlow();
    else timer = setTimeout(check, checkMs);
  };
  return {
    send(text) {
      quiet = false;
      socket.send(text);
      if (socket.bufferedAmount > lostBytes) deps.onTooSlow();
    },
    takeFragments(fragments) {
      if (behindSinceMs !== undefined) return;
      if (socket.bufferedAmount > BEHIND_BYTES) {
        behindSinceMs = deps.now();
        timer = setTimeout(check, checkMs);
        return;
      }
      quiet = false;
      socket.send(`{"type":"values","values":[${fragments}]}`);
    },
    beat() {
      if (quiet) socket.send('{"type":"beat"}');
      quiet = true;
    },
    close: () => clearTimeout(timer),
  };
}
