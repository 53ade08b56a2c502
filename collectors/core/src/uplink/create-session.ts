import { type CollectorMessage, type Health, type Hello, type OwnerMessage, Standing, type Turn, type Welcome } from '@kubeplant/proto';
import type { BlockBuffer, Delivery, Outgoing } from '../block/block-buffer.ts';
import type { RunDictionary } from '../block/create-run-dictionary.ts';
import { createSendWindow, type SendWindow } from './send-window.ts';

/** What a session on one stream needs. */
export interface SessionDeps {
  readonly buffer: BlockBuffer;
  readonly dictionary: RunDictionary;
  readonly nowUs: () => number;
  readonly identity: Omit<Hello, 'sentUs' | 'runs' | 'epoch' | 'standby' | 'committed'>;
  /** Whether this collector waits for its turn. */
  readonly isStandby: () => boolean;
  /** Highest epoch this process was given to poll with. */
  readonly epoch: number;
  /** Health of everything, for the beginning of a stream. */
  readonly fullHealth: () => Health;
  /** Write to the stream; false: it is full, wait for `drained`. */
  readonly send: (message: CollectorMessage) => boolean;
}

/** Whether this collector may poll, as the owner says. */
export interface Told {
  readonly epoch: number;
  readonly active: boolean;
  /** Why not, as `Reason: sentence`. */
  readonly reason: string;
}

/** What the owner's message means for the stream. */
export type SessionOutcome =
  | { readonly kind: 'goOn' }
  | ({ readonly kind: 'welcomed' | 'turned' } & Told)
  /** This collector still holds its shard. */
  | { readonly kind: 'renewed' }
  /** Blocks were committed. */
  | { readonly kind: 'committed' }
  | { readonly kind: 'redirected'; readonly endpoint: string; readonly retryAfterMs: number }
  /** The stream must be closed: the owner may not be believed. */
  | { readonly kind: 'refused'; readonly reason: string };

/** The collector's end of one Ingest stream, without the stream. */
export interface Session {
  /** Say Hello: once, first. */
  start(): void;
  handle(message: OwnerMessage): SessionOutcome;
  /** Send what the window and the stream allow. */
  pump(): void;
  /** The stream takes more. */
  drained(): void;
  /** Say something when nothing was said since the last call. */
  beat(): void;
  sendHealth(health: Health): void;
  /** The stream is over. */
  end(): void;
  /** Blocks sent and not yet received. */
  readonly inFlight: number;
  readonly welcomed: boolean;
}

const GO_ON: SessionOutcome = { kind: 'goOn' };

/**
 * Hello → Welcome or Redirect → Run before the Block that needs it; what was just cut goes before what has waited, at most
 * `window` blocks beyond the last Received. What was sent and never committed is sent again on the next stream.
 */
export function createSession(deps: SessionDeps): Session {
  const { buffer, dictionary, send } = deps;
  let { epoch } = deps;
  let runs: readonly string[] = [];
  let delivery: Delivery | undefined;
  let window: SendWindow | undefined;
  let writable = true;
  let spoke = false;
  let toldEntries: number | undefined;

  function write(message: NonNullable<CollectorMessage['message']>): void {
    spoke = true;
    writable = send({ message });
  }

  /** Before the first block in any case: one that only tells of losses needs no entry, but its run has to be known. */
  function tellRun(): void {
    const { run, size } = dictionary;
    const news = dictionary.messagesAfter(toldEntries ?? 0);
    const messages = toldEntries === undefined && news.length === 0 ? [{ run, devices: [], tags: [] }] : news;
    for (const value of messages) write({ $case: 'run', value });
    toldEntries = size;
  }

  function sendOut(out: Outgoing): void {
    if (out.kind === 'run') {
      write({ $case: 'run', value: out.value });
      return;
    }
    if (out.run === dictionary.run) tellRun();
    write({ $case: 'block', value: out.bytes });
  }

  function pump(): void {
    while (window && writable) {
      const out = window.next();
      if (out === undefined) return;
      sendOut(out);
    }
  }

  function takeWelcome(value: Welcome): SessionOutcome {
    if (window) return { kind: 'refused', reason: 'a second Welcome came on one stream' };
    const told = takeTurn('welcomed', value);
    if (told.kind === 'refused') return told;
    delivery = buffer.deliver({ runs, committed: value.progress, onReady: pump });
    window = createSendWindow(delivery, value.window);
    write({ $case: 'health', value: deps.fullHealth() });
    pump();
    return told;
  }

  function takeTurn(kind: 'welcomed' | 'turned', turn: Turn): SessionOutcome {
    // Only what was given to poll with counts: a standby may hear the number of whoever polls.
    if (turn.standing === Standing.STANDING_STANDBY) return { kind, epoch, active: false, reason: turn.reason };
    if (turn.epoch < epoch) return { kind: 'refused', reason: `its epoch ${turn.epoch} is lower than ${epoch}, which was given before` };
    epoch = turn.epoch;
    return { kind, epoch, active: true, reason: turn.reason };
  }

  function handleWelcomed(message: NonNullable<OwnerMessage['message']>): SessionOutcome {
    if (message.$case === 'turn') return takeTurn('turned', message.value);
    if (message.$case === 'renewed') return message.value.epoch >= epoch ? { kind: 'renewed' } : GO_ON;
    if (message.$case === 'received') window?.received(message.value.blocks);
    if (message.$case === 'committed') {
      buffer.commit(message.value.progress);
      window?.committed(message.value.progress);
    }
    pump();
    return message.$case === 'committed' ? { kind: 'committed' } : GO_ON;
  }

  return {
    start: () => {
      runs = [...buffer.runs()];
      const committed = [...buffer.committed()];
      write({
        $case: 'hello',
        value: { ...deps.identity, sentUs: deps.nowUs(), runs: [...runs], epoch, standby: deps.isStandby(), committed },
      });
    },
    handle: ({ message }) => {
      if (message === undefined) return GO_ON; // a kind of message of a later version
      if (message.$case === 'redirect') return { kind: 'redirected', ...message.value };
      if (message.$case === 'welcome') return takeWelcome(message.value);
      if (!window) return { kind: 'refused', reason: `${message.$case} came before Welcome` };
      return handleWelcomed(message);
    },
    pump,
    drained: () => {
      writable = true;
      pump();
    },
    beat: () => {
      if (window && !spoke) write({ $case: 'beat', value: { sentUs: deps.nowUs() } });
      spoke = false;
    },
    sendHealth: (health) => {
      if (window) write({ $case: 'health', value: health });
    },
    end: () => {
      delivery?.close();
      window = undefined;
    },
    get inFlight() {
      return window?.inFlight ?? 0;
    },
    get welcomed() {
      return window !== undefined;
    },
  };
}
