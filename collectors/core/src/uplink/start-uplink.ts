import { createBackoff, type Logger, type Tracer } from '@kubeplant/kit';
import type { Health } from '@kubeplant/proto';
import type { BlockBuffer } from '../block/block-buffer.ts';
import type { Clock } from '../driver.ts';
import type { SessionDeps } from './create-session.ts';
import { type CredentialFiles, explainEnd } from './explain-end.ts';
import { openStream, type Stream, type StreamEnd, type UplinkCredentials } from './open-stream.ts';

/** How an uplink is set up. */
export interface UplinkOptions {
  /** host:port of the api. */
  readonly endpoint: string;
  /** Read anew for every attempt, because both are rotated without a restart. Throws when they cannot be read. */
  readonly readCredentials: () => UplinkCredentials;
  /** Named when they are why no stream can be had. */
  readonly files?: CredentialFiles;
  readonly session: Omit<SessionDeps, 'send' | 'epoch'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly minBackoffMs?: number;
  readonly maxBackoffMs?: number;
  /** See `StreamOptions`. */
  readonly silenceMs?: number;
}

/** The connection to the owner of the site; it reconnects by itself until it is closed. */
export interface Uplink {
  /** Blocks were added to the buffer. */
  notify(): void;
  /** Tell what changed; lost when no stream is open (the next one begins with everything). */
  sendHealth(health: Health): void;
  /** Resolves with true once nothing is held any more, with false after `timeoutMs`. */
  drain(timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
  readonly connected: boolean;
  /** Highest epoch given so far; 0 before the first. */
  readonly epoch: number;
  /** Blocks sent on this stream and not yet received. */
  readonly inFlight: number;
}

/** Redirects are followed so often in a row before the back-off takes over. */
const MAX_REDIRECTS = 3;

/** Dial the api and keep a stream open. A dead peer is noticed by keepalive within 15 s. */
export function startUplink(options: UplinkOptions): Uplink {
  const { clock, log } = options;
  const { buffer } = options.session;
  const backoff = createBackoff({ minMs: options.minBackoffMs ?? 200, maxMs: options.maxBackoffMs ?? 5000 });
  let endpoint = options.endpoint;
  let epoch = 0;
  let redirects = 0;
  let stream: Stream | undefined;
  let onClosed: (() => void) | undefined;
  let cancelRetry = (): void => {};

  function connect(): void {
    let credentials: UplinkCredentials;
    try {
      credentials = options.readCredentials();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      ended({ kind: 'failed', reason });
      return;
    }
    stream = openStream({ ...options, endpoint, credentials, session: { ...options.session, epoch }, onWelcome: welcomed, onEnd: ended });
  }

  function welcomed(given: number): void {
    epoch = given;
    redirects = 0;
    backoff.reset();
    log.info({ endpoint, epoch, blocksHeld: buffer.count }, 'the stream to the api is open');
  }

  function ended(end: StreamEnd): void {
    stream = undefined;
    if (onClosed) {
      onClosed();
      return;
    }
    const reason = options.files ? explainEnd(end.reason, options.files) : end.reason;
    log.warn({ endpoint, reason, blocksHeld: buffer.count }, 'there is no stream to the api; trying again');
    cancelRetry = clock.setTimer(prepareNext(end), connect);
  }

  /** Choose where to dial next; returns the delay before. */
  function prepareNext(end: StreamEnd): number {
    const retryAfterMs = end.kind === 'redirected' ? end.retryAfterMs : 0;
    if (end.kind === 'redirected' && end.endpoint !== '' && redirects++ < MAX_REDIRECTS) {
      endpoint = end.endpoint;
      return retryAfterMs;
    }
    endpoint = options.endpoint;
    return Math.max(backoff.next(), retryAfterMs);
  }

  connect();
  return {
    notify: () => stream?.session.pump(),
    sendHealth: (health) => stream?.session.sendHealth(health),
    drain: (timeoutMs) => waitUntilEmpty(buffer, clock, timeoutMs),
    close: () =>
      new Promise((resolve) => {
        onClosed = resolve;
        cancelRetry();
        if (stream) stream.close();
        else resolve();
      }),
    get connected() {
      return stream?.session.welcomed ?? false;
    },
    get epoch() {
      return epoch;
    },
    get inFlight() {
      return stream?.session.inFlight ?? 0;
    },
  };
}

const LOOK_EVERY_MS = 20;

function waitUntilEmpty(buffer: BlockBuffer, clock: Clock, timeoutMs: number): Promise<boolean> {
  const untilMs = clock.monotonicMs() + timeoutMs;
  return new Promise((resolve) => {
    const look = (): void => {
      if (buffer.count === 0) resolve(true);
      else if (clock.monotonicMs() >= untilMs) resolve(false);
      else clock.setTimer(LOOK_EVERY_MS, look);
    };
    look();
  });
}
