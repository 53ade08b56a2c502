import { bearerMetadata, clientCredentials, grpcOptions, grpcStatus, type Tracer, traceCall } from '@kubeplant/kit';
import { IngestClient, type OwnerMessage } from '@kubeplant/proto';
import type { Clock } from '../driver.ts';
import { repeat } from '../repeat.ts';
import { createSession, type Session, type SessionDeps, type SessionOutcome, type Told } from './create-session.ts';

/** Token and CA of the api. */
export interface UplinkCredentials {
  readonly token: string;
  readonly caPem: string;
}

/** How one stream is opened. */
export interface StreamOptions {
  /** host:port */
  readonly endpoint: string;
  readonly credentials: UplinkCredentials;
  readonly session: Omit<SessionDeps, 'send'>;
  readonly clock: Pick<Clock, 'monotonicMs' | 'setTimer'>;
  readonly tracer: Tracer;
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
  const { endpoint, credentials, clock, onEnd } = options;
  const client = new IngestClient(endpoint, clientCredentials({ caPem: credentials.caPem }), grpcOptions);
  const metadata = bearerMetadata(credentials.token);
  const endSpan = traceCall(options.tracer, 'kubeplant.v1alpha1.Ingest/Stream', metadata);
  const call = client.stream(metadata);
  const session = createSession({ ...options.session, send: (message) => call.write(message) });
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
    endSpan(end.kind === 'failed' ? end.reason : undefined);
    call.cancel();
    client.close();
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

  call.on('data', (message: OwnerMessage) => {
    heardMs = clock.monotonicMs();
    if (!ended) take(session.handle(message));
  });
  call.on('drain', () => session.drained());
  call.on('error', fail);
  call.on('end', () => finish({ kind: closing ? 'closed' : 'failed', reason: 'the api closed the stream' }));
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
      call.end();
      clock.setTimer(CLOSE_WITHIN_MS, () => finish({ kind: 'closed', reason: 'closed' }));
    },
  };
}
