import type { Clock, DeviceState, DriverSink } from '@kubeplant/collector-core';
import { createBackoff } from '@kubeplant/kit';

const PROBE = { minMs: 1_000, maxMs: 30_000 } as const;

/** What a unit's health needs. `probe` asks the unit one thing; `attempt` counts from 0. */
export interface HealthDeps {
  readonly device: string;
  readonly retries: number;
  readonly sink: Pick<DriverSink, 'state'>;
  readonly clock: Pick<Clock, 'setTimer'>;
  readonly probe: (attempt: number) => void;
}

/** Whether the unit behind a device answers: counts failures, calls it silent, probes it with growing delays, tells its state once per change. */
export class UnitHealth {
  readonly #deps: HealthDeps;
  readonly #backoff = createBackoff(PROBE);
  #failures = 0;
  #probes = 0;
  #silent = false;
  #state: DeviceState | undefined;
  #cancelProbe: () => void = () => undefined;

  constructor(deps: HealthDeps) {
    this.#deps = deps;
  }

  get isSilent(): boolean {
    return this.#silent;
  }

  /** The unit answered. */
  alive(): void {
    this.#failures = 0;
    this.#silent = false;
    this.#backoff.reset();
    this.tell({ connected: true, reason: 'Connected', message: '' });
  }

  /** A request was not answered properly: ask again, or call the unit silent. */
  failed(state: DeviceState): 'again' | 'silent' {
    this.#failures += 1;
    if (this.#failures <= this.#deps.retries) return 'again';
    this.#silent = true;
    this.#probes = 0;
    this.tell(state);
    this.probeLater();
    return 'silent';
  }

  /** Probe a silent unit after the next delay. */
  probeLater(): void {
    this.#cancelProbe = this.#deps.clock.setTimer(this.#backoff.next(), () => {
      this.#probes += 1;
      this.#deps.probe(this.#probes - 1);
    });
  }

  /** A new connection: the unit gets all its attempts again. */
  restart(): void {
    this.#cancelProbe();
    this.#silent = false;
    this.#failures = 0;
  }

  /** The connection is gone, and so is the unit. */
  lost(state: DeviceState): void {
    this.restart();
    this.tell(state);
  }

  stop(): void {
    this.#cancelProbe();
  }

  tell(state: DeviceState): void {
    const { connected, reason, message } = this.#state ?? {};
    if (state.connected === connected && state.reason === reason && state.message === message) return;
    this.#state = state;
    this.#deps.sink.state(this.#deps.device, state);
  }
}
