import type { Driver } from '@kubeplant/collector-core';
import type { EffectiveDevice } from '@kubeplant/crds/model';
import { toTagPoint } from '../plan/tag-point.ts';
import { ModbusChannel } from './modbus-channel.ts';

/** Driver of Modbus TCP and of RTU framing over TCP. */
export const modbusDriver: Driver = {
  protocol: 'ModbusTcp',
  open: ({ channel, sink, clock }) => new ModbusChannel(channel, { sink, clock }),
  check: checkDevice,
};

function checkDevice(device: EffectiveDevice): readonly string[] {
  if (device.modbusTcp === undefined) return ['connection.modbusTcp: missing; say host and unitId'];
  return device.tags.map((tag) => toTagPoint(device, tag)).flatMap((result) => (result.kind === 'unreadable' ? [result.message] : []));
}
