import type { Driver } from '@kubeplant/collector-core';
import type { EffectiveDevice } from '@kubeplant/crds/model';
import { ModbusChannel } from './modbus-channel.ts';

/** Driver of Modbus TCP and of RTU framing over TCP. */
export const modbusDriver: Driver = {
  protocol: 'ModbusTcp',
  open: ({ channel, sink, clock }) => new ModbusChannel(channel, { sink, clock }),
  check: checkDevice,
};

/** Only what stops the whole device; a tag that cannot be read is rejected alone. */
function checkDevice(device: EffectiveDevice): readonly string[] {
  return device.modbusTcp === undefined ? ['connection.modbusTcp: missing; say host and unitId'] : [];
}
