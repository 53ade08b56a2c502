import type { Device } from '@kubeplant/crds';
import type { EffectiveModbusTcp } from '@kubeplant/crds/model';
import { defined } from './defined.ts';

/** `connection.modbusTcp` with every default filled in; undefined for devices without a connection. */
export function effectiveConnection(device: Device): EffectiveModbusTcp | undefined {
  const { modbusTcp } = device.spec.connection;
  if (modbusTcp === undefined || device.spec.connection.protocol !== 'ModbusTcp') return undefined;
  const framing = modbusTcp.framing ?? 'Tcp';
  return defined({
    host: modbusTcp.host,
    port: modbusTcp.port ?? 502,
    unitId: modbusTcp.unitId ?? 1,
    framing,
    timeout: modbusTcp.timeout ?? '2s',
    connectDelay: modbusTcp.connectDelay ?? '0s',
    interRequestDelay: modbusTcp.interRequestDelay ?? '0s',
    maxInFlight: framing === 'RtuOverTcp' ? 1 : (modbusTcp.maxInFlight ?? 1),
    retries: modbusTcp.retries ?? 2,
    maxRegistersPerRead: modbusTcp.maxRegistersPerRead ?? 125,
    maxBitsPerRead: modbusTcp.maxBitsPerRead ?? 2000,
    mergeGap: modbusTcp.mergeGap ?? 8,
    standby: modbusTcp.standby === undefined ? undefined : { host: modbusTcp.standby.host, port: modbusTcp.standby.port ?? 502 },
  });
}
