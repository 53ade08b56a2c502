import { type ChannelConfig, type EffectiveDevice, type EffectiveTag, FORMAT_VERSION, type ShardConfig } from '@kubeplant/crds/model';

/** A tag with every default filled in, for tests. */
export function effectiveTag(name: string, tag: Partial<EffectiveTag> = {}): EffectiveTag {
  return {
    name,
    kind: 'Analog',
    dataType: 'Float64',
    samplingInterval: '1s',
    staleAfter: '5s',
    deadband: { type: 'None', value: 0 },
    ...tag,
  };
}

/** A device with tags, for tests; its revision follows what is given. */
export function effectiveDevice(name: string, device: Partial<EffectiveDevice> = {}): EffectiveDevice {
  return {
    namespace: 'plant',
    name,
    uid: `uid-${name}`,
    revision: 'r1',
    labels: {},
    mode: 'Active',
    protocol: 'ModbusTcp',
    communicationAlarm: { priority: 'High', onDelay: '30s' },
    simulated: false,
    tags: [effectiveTag('level')],
    ...device,
  };
}

/** A channel with devices, for tests. */
export function channelConfig(key: string, devices: readonly EffectiveDevice[], channel: Partial<ChannelConfig> = {}): ChannelConfig {
  return {
    key,
    protocol: 'ModbusTcp',
    endpoint: { host: '127.0.0.1', port: 502 },
    modbusTcp: {
      framing: 'Tcp',
      timeout: '2s',
      connectDelay: '0s',
      interRequestDelay: '0s',
      maxInFlight: 1,
      retries: 2,
      maxRegistersPerRead: 125,
      maxBitsPerRead: 2000,
      mergeGap: 8,
    },
    simulated: false,
    devices,
    ...channel,
  };
}

/** A shard's configuration, for tests. */
export function shardConfig(revision: string, channels: readonly ChannelConfig[]): ShardConfig {
  return {
    formatVersion: FORMAT_VERSION,
    tenant: 'local/plant',
    namespace: 'plant',
    site: 'station',
    shard: 'station-000000-0',
    collectorClass: 'default',
    protocol: 'ModbusTcp',
    buffering: { maxAge: '72h', maxSizeBytes: 2 ** 31, syncInterval: '1s' },
    highAvailability: 'Off',
    onIsolation: 'KeepPolling',
    drainTimeout: '5s',
    revision,
    channels,
  };
}
