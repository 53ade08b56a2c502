import { createBackoff, type Logger, type Tracer } from '@kubeplant/kit';
import type { Health } from '@kubeplant/proto';
import type { BlockBuffer } from '../block/block-buffer.ts';
import type { Clock } from '../driver.ts';
import type { SessionDeps, Told } from './create-session.ts';
import { type CredentialFiles, explainEnd } from './explain-end.ts';
import type { Dial, UplinkCredentials } from './dial-owner.ts';
import { openStream, type Stream, type StreamEnd } from './open-stream.ts';

/** How an uplink is set up. */
export interface UplinkOptions {
  /** host:port of the api. */
  readonly endpoint: string;
  /** Read anew for every attempt, because both are rotated without a restart. Throws when they cannot be read. */
  readonly readCredentials: () => UplinkCredentials;
  /** Named when they are why no stream can be had. */
  readonly files?: CredentialFiles;
  readonly session: Omit<SessionDeps, 'send' | 'epoch'>;
  /** The owner says whether this collector may poll. */
  readonly onTold?: (told: Pick<Told, 'active' | 'reason'>) => void;
  /** This collector still holds its shard. */
  readonly onRenewed?: () => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tracer: Tracer;
  readonly minBackoffMs?: number;
  readonly maxBackoffMs?: number;
  /** First wait after another collector of this name has taken over (default 30 s); it doubles up to 20 times that. */
  readonly fencedBackoffMs?: number;
  /** See `StreamOptions`. */
  readonly silenceMs?: number;
  readonly dial?: Dial;
}

/** The connection to the owner of the site; it reconnects by itself until it is closed. */
export interface Uplink {
  /** Blocks were added to the buffer. */
  notify(): void;
  /** Tell what changed; lost when no stream is open (the next one begins with everything). */
  sendHealth(health: Health): void;
  /** End the stream and dial again: the buffer holds runs that were not named in Hello. */
  renew(): void;
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
const FENCED_MS = 30_000;
const FENCED_GROWTH = 20;
/** An api that is started again is back after one or two seconds: attempts are close then, and seconds apart after half a minute. */
const RETRY_GROWTH = 1.2;

/** Dial the api and keep a stream open. A dead peer is noticed by keepalive within 15 s. */
export function startUplink(options: UplinkOptions): Uplink {
  const { clock, log } = options;
  const { buffer } = options.session;
  const waits = createWaits(options);
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
      ended({ kind: 'failed', reason, proven: false, livedMs: 0 });
      return;
    }
    const session = { ...options.session, epoch };
    stream = openStream({ ...options, endpoint, credentials, session, onTold: told, onRenewed: () => options.onRenewed?.(), onEnd: ended });
  }

  function told(said: Told): void {
    ({ epoch } = said);
    redirects = 0;
    const { active, reason } = said;
    log.info({ endpoint, epoch, active, reason: reason || undefined, blocksHeld: buffer.count }, 'the api says who may poll');
    options.onTold?.({ active, reason });
  }

  function ended(end: StreamEnd): void {
    stream = undefined;
    if (onClosed) {
      onClosed();
      return;
    }
    const reason = options.files ? explainEnd(end.reason, options.files) : end.reason;
    log.warn({ endpoint, reason, blocksHeld: buffer.count }, 'there is no stream to the api; trying again');
    if (end.kind === 'fenced') options.onTold?.({ active: false, reason: `Fenced: another collector of this name took over (${reason})` });
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
    return Math.max(waits.after(end), retryAfterMs);
  }

  connect();
  return {
    notify: () => stream?.session.pump(),
    sendHealth: (health) => stream?.session.sendHealth(health),
    renew: () => stream?.close(),
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

/** How long to wait before the next stream: longer each time, until one has proved worth it; long where another took over. */
function createWaits({ minBackoffMs = 200, maxBackoffMs = 5000, fencedBackoffMs = FENCED_MS }: UplinkOptions) {
  const backoff = createBackoff({ minMs: minBackoffMs, maxMs: maxBackoffMs, growth: RETRY_GROWTH });
  const fenced = createBackoff({ minMs: fencedBackoffMs, maxMs: fencedBackoffMs * FENCED_GROWTH });
  return {
    after: (end: StreamEnd): number => {
      if (end.livedMs >= fencedBackoffMs * FENCED_GROWTH) fenced.reset();
      if (end.kind === 'fenced') return fenced.next();
      if (end.proven) backoff.reset();
      return backoff.next();
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
