import type { Channel, Clock, DeviceState, DriverSink } from '@kubeplant/collector-core';
import type { ChannelConfig, EffectiveDevice } from '@kubeplant/crds/model';
import { durationMs } from '@kubeplant/words';
import { ClientSession, type SessionOptions } from '../session/client-session.ts';
import { type Endpoint, formatEndpoint } from '../session/endpoint.ts';
import { Link } from '../session/link.ts';
import { tryEndpoint } from '../session/try-endpoint.ts';
import { DevicePoller, type PolledDevice, type PollerDeps } from './device-poller.ts';

const SHORTEST_CONNECT_TIMEOUT_MS = 2_000;
const SHORTEST_PROBE_MS = 100;
/** How often a channel on its standby asks whether the preferred endpoint works again. */
const BACK_TO_PREFERRED_MS = 60_000;

/** One connection and the devices behind it. */
export class ModbusChannel implements Channel {
  #config: ChannelSettings;
  readonly #sink: DriverSink;
  readonly #clock: Clock;
  readonly #backToPreferredMs: number;
  readonly #pollers = new Map<string, DevicePoller>();
  #session: ClientSession;
  #link: Link | undefined;
  #lastFailure: DeviceState | undefined;
  #wakeAtMs = Number.POSITIVE_INFINITY;
  #cancelWake: () => void = () => undefined;
  #cancelBack: () => void = () => undefined;

  constructor(config: ChannelConfig, deps: { sink: DriverSink; clock: Clock; backToPreferredMs?: number }) {
    this.#config = withoutDevices(config);
    this.#sink = deps.sink;
    this.#clock = deps.clock;
    this.#backToPreferredMs = deps.backToPreferredMs ?? BACK_TO_PREFERRED_MS;
    this.#session = this.#createSession();
    this.#takeDevices(config.devices);
    this.#openLink();
  }

  update(config: ChannelConfig): void {
    const before = this.#config;
    this.#config = withoutDevices(config);
    if (connectionKey(before) !== connectionKey(config)) {
      this.#closeLink();
      this.#session = this.#createSession();
    } else this.#session.setOptions(sessionOptions(config), this.#clock.monotonicMs());
    this.#takeDevices(config.devices);
    if (this.#pollers.size === 0) this.#closeLink();
    else this.#openLink();
  }

  async close(): Promise<void> {
    for (const poller of this.#pollers.values()) poller.close();
    this.#pollers.clear();
    this.#closeLink();
  }

  /** Pollers of devices whose revision is the same are not touched. */
  #takeDevices(devices: readonly EffectiveDevice[]): void {
    const wanted = new Map(devices.filter((device) => device.mode === 'Active').map((device) => [device.name, device]));
    for (const [name, poller] of this.#pollers) {
      if (isSame(wanted.get(name), poller.device)) continue;
      poller.close();
      this.#pollers.delete(name);
    }
    for (const [name, device] of wanted) {
      if (this.#pollers.has(name)) continue;
      const poller = new DevicePoller(device, this.#pollerDeps());
      this.#pollers.set(name, poller);
      if (this.#link?.isUp) poller.linkUp();
      else poller.linkDown(this.#lastFailure ?? this.#connecting());
    }
  }

  #pollerDeps(): PollerDeps {
    return {
      sink: this.#sink,
      clock: this.#clock,
      isUp: () => this.#link?.isUp === true,
      submit: (lane, exchange) => {
        this.#session.submit(lane, exchange, this.#clock.monotonicMs());
        this.#wake();
      },
      clear: (lane) => this.#session.clear(lane),
      retryTimeoutMs: (timeoutMs, attempt) => this.#retryTimeoutMs(timeoutMs, attempt),
      answered: () => this.#link?.proven(),
      wentSilent: (state) => this.#handleSilence(state),
    };
  }

  /** On a serial line a silent unit holds up the others: mostly it gets no longer than the slowest of them takes, times four. */
  #retryTimeoutMs(timeoutMs: number, attempt: number): number {
    const alone = [...this.#pollers.values()].every((poller) => poller.isSilent) || this.#pollers.size === 1;
    if (this.#config.modbusTcp.framing === 'Tcp' || alone || attempt % 4 === 3) return timeoutMs;
    return Math.min(timeoutMs, Math.max(SHORTEST_PROBE_MS, this.#session.slowestReplyMs * 4));
  }

  /** When nobody behind the connection answers, the connection itself may be half-open: take a new one, or the standby. */
  #handleSilence(state: DeviceState): void {
    for (const poller of this.#pollers.values()) if (!poller.isSilent) return;
    this.#link?.fail(state);
  }

  #openLink(): void {
    if (this.#link !== undefined || this.#pollers.size === 0) return;
    const { standby, endpoint: preferred } = this.#config;
    const endpoints: [Endpoint, ...Endpoint[]] = standby === undefined ? [preferred] : [preferred, standby];
    const connectTimeoutMs = connectTimeout(this.#config);
    this.#link = new Link(
      { endpoints, connectTimeoutMs },
      {
        up: (renewed) => this.#handleUp(renewed),
        down: (failure, renewed) => this.#handleDown({ connected: false, ...failure }, renewed),
        received: (bytes) => {
          this.#session.receive(bytes, this.#clock.monotonicMs());
          this.#wake();
        },
      },
      this.#clock,
    );
  }

  #closeLink(): void {
    this.#cancelWake();
    this.#cancelBack();
    this.#wakeAtMs = Number.POSITIVE_INFINITY;
    this.#link?.close();
    this.#link = undefined;
    this.#lastFailure = undefined;
    this.#session.closed(false);
  }

  #handleUp(renewed: boolean): void {
    this.#lastFailure = undefined;
    this.#session.opened(this.#clock.monotonicMs(), durationMs(this.#config.modbusTcp.connectDelay));
    if (!renewed) for (const poller of this.#pollers.values()) poller.linkUp();
    this.#wake();
    this.#watchPreferred(connectTimeout(this.#config));
  }

  #handleDown(state: DeviceState, renewed: boolean): void {
    this.#cancelBack();
    this.#session.closed(renewed);
    if (renewed) return;
    this.#lastFailure = state;
    for (const poller of this.#pollers.values()) poller.linkDown(state);
  }

  /** On the standby: ask the preferred endpoint now and then, over a connection of its own, and go back when it answers. */
  #watchPreferred(connectTimeoutMs: number): void {
    this.#cancelBack();
    if (!this.#link?.isOnStandby) return;
    this.#cancelBack = this.#clock.setTimer(this.#backToPreferredMs, () => {
      const question = [...this.#pollers.values()].map((poller) => poller.question).find((found) => found !== undefined);
      if (question === undefined) return;
      const { endpoint, modbusTcp } = this.#config;
      this.#cancelBack = tryEndpoint({ endpoint, framing: modbusTcp.framing, clock: this.#clock, connectTimeoutMs }, question, (works) => {
        if (works) this.#link?.returnToPreferred();
        else this.#watchPreferred(connectTimeoutMs);
      });
    });
  }

  /** One timer for the session's next deadline; it may fire early, never late. */
  #wake(): void {
    const next = this.#session.nextDeadlineMs();
    if (next === undefined || next >= this.#wakeAtMs) return;
    this.#cancelWake();
    this.#wakeAtMs = next;
    this.#cancelWake = this.#clock.setTimer(Math.max(0, next - this.#clock.monotonicMs()), () => {
      this.#wakeAtMs = Number.POSITIVE_INFINITY;
      this.#session.tick(this.#clock.monotonicMs());
      this.#wake();
    });
  }

  #createSession(): ClientSession {
    return new ClientSession(sessionOptions(this.#config), {
      write: (bytes) => this.#link?.write(bytes),
      protocolError: (unitId, kind) => this.#sink.protocolError(this.#deviceOf(unitId), kind),
      renew: () => this.#link?.renew(),
    });
  }

  #deviceOf(unitId: number | undefined): string | undefined {
    for (const { device } of this.#pollers.values()) if (device.modbusTcp?.unitId === unitId) return device.name;
    return undefined;
  }

  #connecting(): DeviceState {
    return { connected: false, reason: 'Connecting', message: `connecting to ${formatEndpoint(this.#config.endpoint)}` };
  }
}

/** What of a channel's configuration is kept: its devices are by far the most of it. */
type ChannelSettings = Omit<ChannelConfig, 'devices'>;

const withoutDevices = ({ devices: _, ...settings }: ChannelConfig): ChannelSettings => settings;

const isSame = (wanted: EffectiveDevice | undefined, present: PolledDevice): boolean =>
  wanted?.revision === present.revision && wanted.simulated === present.simulated;

const connectTimeout = (config: ChannelSettings): number => Math.max(SHORTEST_CONNECT_TIMEOUT_MS, durationMs(config.modbusTcp.timeout));

const connectionKey = ({ endpoint, standby, modbusTcp }: ChannelSettings): string => JSON.stringify([endpoint, standby, modbusTcp.framing]);

const sessionOptions = ({ modbusTcp }: ChannelSettings): SessionOptions => ({
  framing: modbusTcp.framing,
  maxInFlight: Math.max(1, modbusTcp.maxInFlight),
  interRequestDelayMs: durationMs(modbusTcp.interRequestDelay),
});
