import type { CollectorMessage, Health, Hello, OwnerMessage, Welcome } from '@kubeplant/proto';
import type { BlockBuffer, EncodedBlock } from '../block/block-buffer.ts';
import type { RunDictionary } from '../block/create-run-dictionary.ts';

/** What a session on one stream needs. */
export interface SessionDeps {
  readonly buffer: BlockBuffer;
  readonly dictionary: RunDictionary;
  readonly nowUs: () => number;
  readonly identity: Omit<Hello, 'sentUs' | 'runs' | 'epoch'>;
  /** Highest epoch this process was given. */
  readonly epoch: number;
  /** Health of everything, for the beginning of a stream. */
  readonly fullHealth: () => Health;
  /** Write to the stream; false: it is full, wait for `drained`. */
  readonly send: (message: CollectorMessage) => boolean;
  readonly onCommitted: (blocks: readonly EncodedBlock[]) => void;
}

/** What the owner's message means for the stream. */
export type SessionOutcome =
  | { readonly kind: 'goOn' }
  | { readonly kind: 'welcomed'; readonly epoch: number }
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
  /** Blocks sent and not yet received. */
  readonly inFlight: number;
  readonly welcomed: boolean;
}

const GO_ON: SessionOutcome = { kind: 'goOn' };

/**
 * Hello → Welcome or Redirect → Run before the Block that needs it, blocks in `seq` order from the oldest that is not
 * committed, at most `window` beyond the last Received. What was sent and never committed is sent again on the next stream.
 */
export function createSession(deps: SessionDeps): Session {
  const { buffer, dictionary, send } = deps;
  let welcome: Welcome | undefined;
  let writable = true;
  let spoke = false;
  let toldEntries = 0;
  let cursor: EncodedBlock | undefined;
  let inFlight: number[] = [];

  function write(message: NonNullable<CollectorMessage['message']>): void {
    spoke = true;
    writable = send({ message });
  }

  function commit(progress: Welcome['progress']): void {
    const freed = buffer.commit(progress);
    if (freed.length > 0) deps.onCommitted(freed);
  }

  function pump(): void {
    while (welcome && writable && inFlight.length < Math.max(1, welcome.window)) {
      const block = buffer.after(cursor);
      if (block === undefined) return;
      for (const run of dictionary.messagesAfter(toldEntries)) write({ $case: 'run', value: run });
      toldEntries = dictionary.size;
      cursor = block;
      inFlight.push(block.seq);
      write({ $case: 'block', value: block.bytes });
    }
  }

  function takeWelcome(value: Welcome): SessionOutcome {
    if (welcome) return { kind: 'refused', reason: 'a second Welcome came on one stream' };
    if (value.epoch < deps.epoch)
      return { kind: 'refused', reason: `its epoch ${value.epoch} is lower than ${deps.epoch}, which was given before` };
    commit(value.progress);
    welcome = value;
    write({ $case: 'health', value: deps.fullHealth() });
    pump();
    return { kind: 'welcomed', epoch: value.epoch };
  }

  return {
    start: () => write({ $case: 'hello', value: { ...deps.identity, sentUs: deps.nowUs(), runs: [...buffer.runs()], epoch: deps.epoch } }),
    handle: ({ message }) => {
      if (message === undefined) return GO_ON; // a kind of message of a later version
      if (message.$case === 'redirect') return { kind: 'redirected', ...message.value };
      if (message.$case === 'welcome') return takeWelcome(message.value);
      if (!welcome) return { kind: 'refused', reason: `${message.$case} came before Welcome` };
      if (message.$case === 'committed') {
        commit(message.value.progress);
      } else if (message.$case === 'received' && message.value.run === dictionary.run) {
        const { seq } = message.value;
        inFlight = inFlight.filter((sent) => sent > seq);
      }
      pump();
      return GO_ON;
    },
    pump,
    drained: () => {
      writable = true;
      pump();
    },
    beat: () => {
      if (welcome && !spoke) write({ $case: 'beat', value: { sentUs: deps.nowUs() } });
      spoke = false;
    },
    sendHealth: (health) => {
      if (welcome) write({ $case: 'health', value: health });
    },
    get inFlight() {
      return inFlight.length;
    },
    get welcomed() {
      return welcome !== undefined;
    },
  };
}
