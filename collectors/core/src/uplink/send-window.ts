import type { Delivery, Outgoing } from '../block/block-buffer.ts';

/** Chooses what goes out next on one stream, and how much may be under way. */
export interface SendWindow {
  /** What to send now; undefined: the window is full, or nothing is at hand. */
  next(): Outgoing | undefined;
  /** So many blocks of this stream have arrived so far. */
  received(blocks: number): void;
  /** Blocks sent and not yet received. */
  readonly inFlight: number;
}

/** Blocks that waited take at most this part of the window, so that a fresh one never waits behind many of them … */
const BACKLOG_PART = 8;
/** … and go on, one after so many fresh ones, however many of these there are. */
const LIVE_IN_A_ROW = 3;

/** What was just cut goes before what has waited; at most `size` blocks (at least 1) are under way. */
export function createSendWindow(delivery: Delivery, size: number): SendWindow {
  const most = Math.max(1, size);
  const mostBacklog = Math.max(1, Math.floor(most / BACKLOG_PART));
  const underWay: ('live' | 'backlog')[] = []; // in the order they were sent
  let arrived = 0;
  let backlogUnderWay = 0;
  let liveInARow = 0;

  function takeBacklog(): Outgoing | undefined {
    if (backlogUnderWay >= mostBacklog) return undefined;
    const out = delivery.nextBacklog();
    if (out?.kind === 'block') {
      liveInARow = 0;
      backlogUnderWay++;
      underWay.push('backlog');
    }
    return out;
  }

  function takeLive(): Outgoing | undefined {
    const out = delivery.nextLive();
    if (out) {
      liveInARow++;
      underWay.push('live');
    }
    return out;
  }

  return {
    next: () => {
      if (underWay.length >= most) return undefined;
      const first = liveInARow >= LIVE_IN_A_ROW ? takeBacklog() : undefined;
      return first ?? takeLive() ?? takeBacklog();
    },
    received: (blocks) => {
      for (; arrived < blocks && underWay.length > 0; arrived++) {
        if (underWay.shift() === 'backlog') backlogUnderWay--;
      }
    },
    get inFlight() {
      return underWay.length;
    },
  };
}
