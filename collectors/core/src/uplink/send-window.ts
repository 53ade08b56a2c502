import type { RunProgress } from '@kubeplant/proto';
import type { Delivery, Outgoing } from '../block/block-buffer.ts';

/** Chooses what goes out next on one stream, and how much may be under way. */
export interface SendWindow {
  /** What to send now; undefined: the window is full, or nothing is at hand. */
  next(): Outgoing | undefined;
  /** So many blocks of this stream have arrived so far. */
  received(blocks: number): void;
  /** These blocks are in the database. */
  committed(progress: readonly RunProgress[]): void;
  /** Blocks sent and not yet received. */
  readonly inFlight: number;
}

/** So many blocks that waited may be uncommitted: a fresh one is never behind more of them, wherever they are queued … */
const MOST_BACKLOG = 5;
/** … and go on, one after so many fresh ones, however many of these there are. */
const LIVE_IN_A_ROW = 3;

/** What was just cut goes before what has waited; at most `size` blocks (at least 1) are under way. */
export function createSendWindow(delivery: Delivery, size: number): SendWindow {
  const most = Math.max(1, size);
  let backlog: { readonly run: string; readonly seq: number }[] = []; // sent and not committed
  let sent = 0;
  let arrived = 0;
  let liveInARow = 0;

  function takeBacklog(): Outgoing | undefined {
    if (backlog.length >= MOST_BACKLOG) return undefined;
    const out = delivery.nextBacklog();
    if (out?.kind === 'block') {
      liveInARow = 0;
      backlog.push({ run: out.run, seq: out.seq });
      sent++;
    }
    return out;
  }

  function takeLive(): Outgoing | undefined {
    const out = delivery.nextLive();
    if (out) {
      liveInARow++;
      sent++;
    }
    return out;
  }

  return {
    next: () => {
      if (sent - arrived >= most) return undefined;
      const first = liveInARow >= LIVE_IN_A_ROW ? takeBacklog() : undefined;
      return first ?? takeLive() ?? takeBacklog();
    },
    received: (blocks) => {
      arrived = Math.min(sent, Math.max(arrived, blocks));
    },
    committed: (progress) => {
      backlog = backlog.filter(({ run, seq }) => !holds(progress, run, seq));
    },
    get inFlight() {
      return sent - arrived;
    },
  };
}

const holds = (progress: readonly RunProgress[], run: string, seq: number): boolean =>
  progress.some((one) => one.run === run && one.committed.some(({ first, last }) => first <= seq && seq <= last));
