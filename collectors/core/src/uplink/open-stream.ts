import { grpcStatus } from '@kubeplant/kit';
import type { Clock } from '../driver.ts';
import { repeat } from '../repeat.ts';
import { createSession, type Session, type SessionDeps, type SessionOutcome, type Told } from './create-session.ts';
import { type Dial, type DialOptions, dialOwner, type Wire } from './dial-owner.ts';

/** How one stream is opened. */
export interface StreamOptions extends DialOptions {
  /** By gRPC unless given. */
  readonly dial?: Dial | undefined;
  readonly session: Omit<SessionDeps, 'send'>;
  readonly clock: Pick<Clock, 'monotonicMs' | 'setTimer'>;
  /** A stream on which blocks went out and nothing came back for so long is given up (default 30 s). */
  readonly silenceMs?: number | undefined;
  /** The owner says whether this collector may poll: first by its Welcome, then whenever that changes. */
  readonly onTold: (told: Told) => void;
  /** This collector still holds its shard. */
  readonly onRenewed: () => void;
  /** Called once, when nothing can come any more. */
  readonly onEnd: (end: StreamEnd) => void;
}

/** Why a stream ended. `fenced`: another collector of this name has taken over. `proven`: it lived long, or something was committed. */
export type StreamEnd = EndCause & { readonly proven: boolean; readonly livedMs: number };

type EndCause =
  | { readonly kind: 'closed' | 'failed' | 'fenced'; readonly reason: string }
  | { readonly kind: 'redirected'; readonly reason: string; readonly endpoint: string; readonly retryAfterMs: number };

/** An open stream. */
export interface Stream {
  readonly session: Session;
  /** Half-close and wait for the owner's end, at most a second. */
  close(): void;
}

const BEAT_MS = 2000;
const WELCOME_WITHIN_MS = 10_000;
const SILENCE_MS = 30_000;
/** A stream that has lived so long was worth opening. */
const PROVEN_MS = 10_000;
const CLOSE_WITHIN_MS = 1000;

/** Open one Ingest stream and run a session on it. */
export function openStream(options: StreamOptions): Stream {
  const { dial = dialOwner, clock, onEnd } = options;
  const session = createSession({ ...options.session, send: (message) => wire.write(message) });
  const silenceMs = options.silenceMs ?? SILENCE_MS;
  const beganMs = clock.monotonicMs();
  let heardMs = beganMs;
  let committed = false;
  let ended = false;
  let closing = false;

  function finish(end: EndCause): void {
    if (ended) return;
    ended = true;
    const livedMs = session.welcomed ? clock.monotonicMs() - beganMs : 0;
    session.end();
    cancelBeat();
    cancelSilence();
    cancelWelcome();
    wire.cancel(end.kind === 'failed' ? end.reason : undefined);
    onEnd({ ...end, proven: committed || livedMs >= PROVEN_MS, livedMs });
  }

  function take(outcome: SessionOutcome): void {
    if (outcome.kind === 'welcomed' || outcome.kind === 'turned') {
      cancelWelcome();
      options.onTold(outcome);
    } else if (outcome.kind === 'renewed') {
      options.onRenewed();
    } else if (outcome.kind === 'committed') {
      committed = true;
    } else if (outcome.kind === 'redirected') {
      finish({ ...outcome, reason: `the site is owned by ${outcome.endpoint || 'a replica not known yet'}` });
    } else if (outcome.kind === 'refused') {
      finish({ kind: 'failed', reason: `the api is not believed: ${outcome.reason}` });
    }
  }

  function fail(error: Error & { readonly code?: number }): void {
    if (closing) finish({ kind: 'closed', reason: 'closed' });
    else finish({ kind: error.code === grpcStatus.ABORTED ? 'fenced' : 'failed', reason: error.message });
  }

  const wire: Wire = dial(options, {
    onMessage: (message) => {
      heardMs = clock.monotonicMs();
      if (!ended) take(session.handle(message));
    },
    onDrain: () => session.drained(),
    onError: fail,
    onEnd: () => finish({ kind: closing ? 'closed' : 'failed', reason: 'the api closed the stream' }),
  });
  const cancelBeat = repeat(clock, BEAT_MS, () => session.beat());
  const cancelSilence = repeat(clock, silenceMs / 10, () => {
    if (session.inFlight === 0) heardMs = clock.monotonicMs();
    else if (clock.monotonicMs() - heardMs >= silenceMs) finish({ kind: 'failed', reason: `nothing came back for ${silenceMs} ms` });
  });
  const cancelWelcome = clock.setTimer(WELCOME_WITHIN_MS, () =>
    finish({ kind: 'failed', reason: `no Welcome within ${WELCOME_WITHIN_MS} ms` }),
  );
  session.start();
  return {
    session,
    close: () => {
      closing = true;
      wire.end();
      clock.setTimer(CLOSE_WITHIN_MS, () => finish({ kind: 'closed', reason: 'closed' }));
    },
  };
}
