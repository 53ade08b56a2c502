import type { BlockBuffer } from '../../block/block-buffer.ts';
import type { RunDictionary } from '../../block/create-run-dictionary.ts';
import { createSession, type Session } from '../../uplink/create-session.ts';
import type { FakeClock } from '../create-fake-clock.ts';
import type { ModelStream } from './model-owner.ts';

/** The collector's end of its streams, one after the other. */
export interface ModelLink {
  connect(stream: ModelStream): void;
  /** Take the next message of the stream, if there is one. */
  take(): void;
  /** The stream takes more. */
  drained(): void;
  pump(): void;
  disconnect(): void;
  readonly stream: ModelStream | undefined;
  /** Whether the collector may poll: at first it may. */
  readonly mayPoll: boolean;
}

const MAX_QUEUED = 6;

/** `onStandby`: it may not poll any more. */
export function createModelLink(deps: {
  readonly buffer: BlockBuffer;
  readonly dictionary: RunDictionary;
  readonly clock: FakeClock;
  readonly instance: string;
  readonly onStandby: () => void;
}): ModelLink {
  let session: Session | undefined;
  let stream: ModelStream | undefined;
  let mayPoll = true;
  return {
    connect: (next) => {
      stream = next;
      session = createSession({
        ...deps,
        nowUs: deps.clock.nowUs,
        identity: { tenant: 't', site: 's', shard: 'h', collectorVersion: '', instance: deps.instance },
        isStandby: () => !mayPoll,
        epoch: 0,
        fullHealth: () => ({ configRevision: '', devices: [] }),
        send: (message) => next.up.push(message) < MAX_QUEUED,
      });
      session.start();
    },
    take: () => {
      const message = stream?.down.shift();
      const outcome = message && session?.handle(message);
      if (outcome?.kind !== 'welcomed' && outcome?.kind !== 'turned') return;
      if (mayPoll && !outcome.active) deps.onStandby();
      mayPoll = outcome.active;
    },
    drained: () => session?.drained(),
    pump: () => session?.pump(),
    disconnect: () => {
      if (stream) stream.open = false;
      session?.end();
      [session, stream] = [undefined, undefined];
    },
    get stream() {
      return stream;
    },
    get mayPoll() {
      return mayPoll;
    },
  };
}
