import type { ChannelConfig, EffectiveDevice, ShardConfig } from '@kubeplant/crds/model';
import { Status } from '@kubeplant/words';
import type { CollectorMetrics } from './collector-metrics.ts';
import { type CollectedDevice, createDevice, type DeviceDeps, type DeviceIdentity } from './device/create-device.ts';
import { createRestingDevice } from './device/create-resting-device.ts';
import { createConverterCache } from './convert/create-converter.ts';
import { createSink } from './create-sink.ts';
import type { Channel, Clock, Driver } from './driver.ts';

/** What the channels of a collector need. */
export interface ChannelSetDeps extends Omit<DeviceDeps, 'converterOf'> {
  readonly clock: Clock;
  readonly driver: Driver;
  readonly metrics: Pick<CollectorMetrics, 'readings' | 'overrun' | 'protocolError'>;
}

/** The open channels of a collector and the devices behind them. */
export interface ChannelSet {
  /**
   * Make this configuration the one in force: only channels and devices that differ are touched. It is not kept, being larger
   * than all that is made of it; `again` gives it once more to `resume` with.
   */
  apply(config: ShardConfig, again: () => ShardConfig): void;
  devices(): readonly CollectedDevice[];
  /** Close all field connections and keep what the configuration says; resolves when no reading can come any more. */
  suspend(): Promise<void>;
  /** Open the channels (again); every tag is sent anew. Waits for connections that are still closing. */
  resume(): void;
  /** Close all; resolves when no reading can come any more. */
  close(): Promise<void>;
}

interface OpenChannel {
  /** Settings and devices in force; equal text: nothing changed. */
  readonly fingerprint: string;
  readonly devices: Map<string, CollectedDevice>;
  /** Undefined while no device behind it may be talked to. */
  readonly channel: Channel | undefined;
}

/** Nothing is open until the first `apply` and `resume`. */
export function createChannelSet(deps: ChannelSetDeps): ChannelSet {
  const open = new Map<string, OpenChannel>();
  const closing = new Set<Promise<void>>();
  let inForce: (() => ShardConfig) | undefined;
  let wanted = false;
  let polling = false;

  function close(channel: Channel | undefined): void {
    if (channel === undefined) return;
    const done = channel.close().finally(() => closing.delete(done));
    closing.add(done);
  }

  function applyChannel(config: ChannelConfig, converterOf: DeviceDeps['converterOf']): void {
    const fingerprint = fingerprintOf(config);
    const before = open.get(config.key);
    if (before?.fingerprint === fingerprint) return;
    const devices = before?.devices ?? new Map<string, CollectedDevice>();
    const active = updateDevices({ ...deps, converterOf }, devices, config.devices);
    const wanted = { ...config, devices: active };
    let channel = before?.channel;
    if (active.length === 0) {
      close(channel);
      channel = undefined;
    } else if (channel) {
      channel.update(wanted);
    } else {
      channel = deps.driver.open({ channel: wanted, sink: createSink(deps, devices), clock: deps.clock });
    }
    open.set(config.key, { fingerprint, devices, channel });
  }

  function rest(key: string, devices: readonly CollectedDevice[]): void {
    const resting = new Map(devices.map((device) => [device.identity.name, device]));
    open.set(key, { fingerprint: '', devices: resting, channel: undefined });
  }

  function applyResting({ channels }: ShardConfig): void {
    open.clear();
    for (const { key, devices } of channels)
      rest(
        key,
        devices.map((device) => createRestingDevice(device, device.tags.length)),
      );
  }

  function applyOpen(config: ShardConfig): void {
    const keys = new Set(config.channels.map(({ key }) => key));
    for (const [key, channel] of open) if (!keys.has(key)) closeChannel(key, channel);
    const converterOf = createConverterCache();
    for (const channel of config.channels) applyChannel(channel, converterOf);
  }

  function start(): void {
    if (!wanted || polling) return;
    polling = true;
    open.clear();
    if (inForce) applyOpen(inForce());
  }

  async function closeAll(): Promise<void> {
    for (const { channel } of open.values()) close(channel);
    open.clear();
    await Promise.all(closing);
  }

  function closeChannel(key: string, { channel, devices }: OpenChannel): void {
    devices.clear();
    open.delete(key);
    close(channel);
  }

  return {
    apply: (config, again) => {
      inForce = again;
      if (polling) applyOpen(config);
      else applyResting(config);
    },
    devices: () => [...open.values()].flatMap(({ devices }) => [...devices.values()]),
    suspend: async () => {
      wanted = false;
      polling = false;
      const before = [...open].map(([key, { devices }]) => ({ key, devices: [...devices.values()] }));
      for (const { devices } of open.values()) devices.clear();
      const closed = closeAll();
      for (const { key, devices } of before)
        rest(
          key,
          devices.map(({ identity, tagCount }) => createRestingDevice(identity, tagCount)),
        );
      await closed;
    },
    resume: () => {
      wanted = true;
      if (closing.size === 0) start();
      else void Promise.all(closing).then(start);
    },
    close: () => {
      wanted = false;
      return closeAll();
    },
  };
}

/** Bring the run-time devices in line; returns those a driver may talk to. */
function updateDevices(
  deps: ChannelSetDeps & DeviceDeps,
  devices: Map<string, CollectedDevice>,
  wanted: readonly EffectiveDevice[],
): EffectiveDevice[] {
  const names = new Set(wanted.map(({ name }) => name));
  for (const name of devices.keys()) if (!names.has(name)) devices.delete(name);
  for (const config of wanted) {
    const before = devices.get(config.name);
    if (before && identityOf(before.identity) === identityOf(config)) continue;
    const device = createDevice(deps, config, before && isOpen(before) ? before : undefined);
    devices.set(config.name, device);
    holdBack(deps, device, config);
  }
  return wanted.filter(({ name }) => isOpen(devices.get(name)));
}

/** A device that is not to be talked to says so once; its tags are Bad. */
function holdBack({ driver }: ChannelSetDeps, device: CollectedDevice, config: EffectiveDevice): void {
  const problems = config.mode === 'Disabled' ? [] : (driver.check?.(config) ?? []);
  if (config.mode === 'Disabled') {
    device.hold({ connected: false, reason: DISABLED, message: 'mode is Disabled' }, Status.BadOutOfService);
  } else if (problems.length > 0) {
    device.hold({ connected: false, reason: REFUSED, message: problems.join('; ') }, Status.BadConfigurationError);
  }
}

const DISABLED = 'Disabled';
const REFUSED = 'ConfigurationError';

const isOpen = (device: CollectedDevice | undefined): boolean => device !== undefined && !device.held;

const identityOf = ({ revision, simulated, mode }: DeviceIdentity): string => `${revision} ${simulated} ${mode}`;

function fingerprintOf({ devices, ...settings }: ChannelConfig): string {
  return JSON.stringify([settings, devices.map((device) => [device.name, identityOf(device)])]);
}
