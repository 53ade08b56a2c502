import type { ChannelConfig, EffectiveDevice, EffectiveModbus, EffectiveTag } from '@kubeplant/crds/model';

/** An effective tag for tests; `modbus` says what matters. */
export function makeTag(
  name: string,
  modbus: Partial<EffectiveModbus> & { address: number },
  rest: Partial<EffectiveTag> = {},
): EffectiveTag {
  return {
    name,
    kind: modbus.rawType === 'String' ? 'Text' : 'Analog',
    dataType: modbus.rawType === 'String' ? 'String' : 'Float64',
    samplingInterval: '50ms',
    staleAfter: '5s',
    deadband: { type: 'None', value: 0 },
    ...rest,
    modbus: { register: 'Holding', addressBase: 0, rawType: 'UInt16', byteOrder: 'ABCD', ...modbus },
  };
}

/** An effective device for tests. */
export function makeDevice(
  name: string,
  tags: readonly EffectiveTag[],
  modbusTcp: Partial<EffectiveDevice['modbusTcp']> = {},
): EffectiveDevice {
  return {
    namespace: 'default',
    name,
    uid: name,
    revision: `${name}-1`,
    labels: {},
    mode: 'Active',
    protocol: 'ModbusTcp',
    modbusTcp: { host: '127.0.0.1', port: 502, unitId: 1, ...connection, ...modbusTcp },
    communicationAlarm: { priority: 'None', onDelay: '0s' },
    simulated: false,
    tags,
  };
}

const connection: ChannelConfig['modbusTcp'] = {
  framing: 'Tcp',
  timeout: '200ms',
  connectDelay: '0s',
  interRequestDelay: '0s',
  maxInFlight: 1,
  retries: 1,
  maxRegistersPerRead: 125,
  maxBitsPerRead: 2000,
  mergeGap: 8,
};

/** A channel to `port` on this machine for tests. */
export function makeChannel(
  port: number,
  devices: readonly EffectiveDevice[],
  rest: Partial<ChannelConfig['modbusTcp']> & Pick<Partial<ChannelConfig>, 'standby'> = {},
): ChannelConfig {
  const { standby, ...modbusTcp } = rest;
  return {
    key: 'test',
    protocol: 'ModbusTcp',
    endpoint: { host: '127.0.0.1', port },
    ...(standby === undefined ? {} : { standby }),
    modbusTcp: { ...connection, ...modbusTcp },
    simulated: false,
    devices,
  };
}
