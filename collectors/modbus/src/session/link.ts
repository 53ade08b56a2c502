import type { Clock } from '@kubeplant/collector-core';
import { createBackoff } from '@kubeplant/kit';
import { type Endpoint, type LinkFailure, formatEndpoint, toLinkFailure } from './endpoint.ts';
import { type OpenSocket, openSocket } from './open-socket.ts';

const BACKOFF = { minMs: 500, maxMs: 30_000 } as const;
/** Least time between two connections when one is replaced: a peer that breaks every one of them keeps nobody busy. */
const RENEW_PAUSE_MS = 250;

/** What a link tells. `renewed`: the connection was replaced on purpose; nothing is lost but what was on its way. */
export interface LinkEvents {
  up(renewed: boolean): void;
  down(failure: LinkFailure, renewed: boolean): void;
  received(bytes: Uint8Array): void;
}

/** Settings of a link: the first endpoint is the preferred one, a second the standby. */
export interface LinkOptions {
  readonly endpoints: readonly [Endpoint, ...Endpoint[]];
  readonly connectTimeoutMs: number;
}

/**
 * One TCP connection that is always wanted: dials, waits with growing delays, goes to the standby when an endpoint fails and back
 * when told. An endpoint counts as working once `proven` was called after its connection came up.
 */
export class Link {
  readonly #options: LinkOptions;
  readonly #events: LinkEvents;
  readonly #clock: Clock;
  readonly #backoff = createBackoff(BACKOFF);
  #socket: OpenSocket | undefined;
  #cancelTimer: () => void = () => undefined;
  #at = 0;
  #failedInRow = 0;
  #isUp = false;
  #upSinceMs = 0;
  #isProven = false;
  #renewing = false;
  #stopped = false;

  constructor(options: LinkOptions, events: LinkEvents, clock: Clock) {
    this.#options = options;
    this.#events = events;
    this.#clock = clock;
    this.#dial();
  }

  get endpoint(): Endpoint {
    return this.#options.endpoints[this.#at] ?? this.#options.endpoints[0];
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  get isOnStandby(): boolean {
    return this.#at > 0;
  }

  write(bytes: Uint8Array): void {
    this.#socket?.write(bytes);
  }

  /** A unit answered over this connection: failures start from zero again. */
  proven(): void {
    if (this.#isProven) return;
    this.#isProven = true;
    this.#failedInRow = 0;
    this.#backoff.reset();
  }

  /** Replace the connection by a fresh one to the same endpoint: what may still come over the old one must not be heard. */
  renew(): void {
    if (!this.#isUp) return;
    const wasProven = this.#isProven;
    this.#drop({ reason: 'Renewed', message: 'connection is being replaced' }, true);
    this.#renewing = true;
    this.#after(wasProven ? Math.max(0, RENEW_PAUSE_MS - (this.#clock.monotonicMs() - this.#upSinceMs)) : this.#backoff.next());
  }

  /** Give up the connection although TCP holds it: nobody answers. The next endpoint is tried. */
  fail(failure: LinkFailure): void {
    if (this.#isUp) this.#lose(failure);
  }

  /** Leave the standby for the preferred endpoint, which is known to answer. */
  returnToPreferred(): void {
    this.#drop({ reason: 'Renewed', message: 'returning to the preferred endpoint' }, true);
    this.#at = 0;
    this.#renewing = true;
    this.#after(0);
  }

  close(): void {
    this.#stopped = true;
    this.#isUp = false;
    this.#cancelTimer();
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #dial(): void {
    const { endpoint } = this;
    this.#isProven = false;
    this.#socket = openSocket(endpoint, {
      connected: () => {
        this.#cancelTimer();
        this.#isUp = true;
        this.#upSinceMs = this.#clock.monotonicMs();
        const renewed = this.#renewing;
        this.#renewing = false;
        this.#events.up(renewed);
      },
      received: (bytes) => this.#events.received(bytes),
      closed: (code) => this.#lose(toLinkFailure(endpoint, code)),
    });
    this.#cancelTimer = this.#clock.setTimer(this.#options.connectTimeoutMs, () =>
      this.#lose({ reason: 'ConnectTimeout', message: `${formatEndpoint(endpoint)} does not answer: check address, network and firewall` }),
    );
  }

  /** The connection failed or was lost: the other endpoint at once, then with growing delays. */
  #lose(failure: LinkFailure): void {
    const wasProven = this.#isProven;
    this.#drop(failure, false);
    if (this.#stopped) return;
    this.#renewing = false;
    const { endpoints } = this.#options;
    this.#at = (this.#at + 1) % endpoints.length;
    this.#failedInRow += 1;
    const tryNextAtOnce = this.#failedInRow < endpoints.length || (wasProven && endpoints.length > 1);
    this.#after(tryNextAtOnce ? 0 : this.#backoff.next());
  }

  #drop(failure: LinkFailure, renewed: boolean): void {
    this.#cancelTimer();
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#isUp = false;
    this.#events.down(failure, renewed);
  }

  #after(delayMs: number): void {
    if (this.#stopped) return;
    this.#cancelTimer = this.#clock.setTimer(delayMs, () => this.#dial());
  }
}
