import type { ChannelConfig, EffectiveDevice } from '@kubeplant/crds/model';

/** Time as a collector sees it; a parameter so that tests own it. */
export interface Clock {
  /** Wall clock, microseconds since 1970. */
  nowUs(): number;
  /** Monotonic clock, milliseconds. */
  monotonicMs(): number;
  /** Call `fn` once after `delayMs`; returns the cancel function. */
  setTimer(delayMs: number, fn: () => void): () => void;
}

/** A raw value off the wire, before scaling: number, text, or undefined when `status` says why there is none. */
export interface RawReading {
  readonly device: string;
  readonly tag: string;
  readonly value: number | string | undefined;
  /** Upper 16 bits of the OPC UA StatusCode. */
  readonly status: number;
  readonly flags: number;
  /** Source time in microseconds; undefined: the protocol carries none. */
  readonly timeUs?: number;
}

/** State of one device as its driver sees it. */
export interface DeviceState {
  readonly connected: boolean;
  /** CamelCase constant: `Connected`, `Connecting`, `ConnectionRefused`, `Timeout`, `ProtocolError`, `Disabled` … */
  readonly reason: string;
  readonly message: string;
}

/** Where a driver puts what it finds. Calls are synchronous and never throw. */
export interface DriverSink {
  /** Readings of one response, in time order. */
  readings(readings: readonly RawReading[]): void;
  /** Every tag of the device that was due is confirmed as of `untilUs` (a completed poll, a keep-alive). */
  observed(device: string, untilUs: number): void;
  /** The device changed state. Losing it writes one Bad reading per tag (done by core). */
  state(device: string, state: DeviceState): void;
  /** A tag the device refuses: it alone is bad; `undefined` lifts it. */
  rejected(device: string, tag: string, reason: string | undefined): void;
  /** A poll could not start in time and was left out. */
  overrun(device: string, count: number): void;
  /** Something hostile or broken was received and thrown away. `kind` is a constant such as `WrongTransaction`. */
  protocolError(device: string | undefined, kind: string): void;
}

/** Outcome of a command (no driver has commands yet; the member below is optional until one does). */
export type CommandOutcome = 'Accepted' | 'Rejected' | 'TimedOut' | 'Unknown';

/** One step of a command to a tag. Never buffered, never retried by us. */
export interface CommandRequest {
  readonly id: string;
  readonly device: string;
  readonly tag: string;
  readonly value: number | string;
  readonly step: 'Direct' | 'Select' | 'Operate' | 'Cancel';
  readonly deadlineUs: number;
}

/** Result of a command step, with the protocol's own code. */
export interface CommandResult {
  readonly outcome: CommandOutcome;
  readonly code?: string;
  readonly message?: string;
}

/** An open channel. */
export interface Channel {
  /** Take a new configuration: only the devices whose revision changed are disturbed; unchanged connection settings keep the connection. */
  update(channel: ChannelConfig): void;
  /** Close the connection and stop all timers; resolves when no callback can come any more. */
  close(): Promise<void>;
  readonly command?: (request: CommandRequest, signal: AbortSignal) => Promise<CommandResult>;
}

/** A protocol driver. Everything above it is in core, written once. */
export interface Driver {
  readonly protocol: string;
  open(options: { readonly channel: ChannelConfig; readonly sink: DriverSink; readonly clock: Clock }): Channel;
  /** Check one device before it is opened; messages name the field. Empty: fine. */
  check?(device: EffectiveDevice): readonly string[];
}
