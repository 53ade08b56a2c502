/**
 * Values in force where nothing is declared, for fields without a schema default (they cascade, or several Devices share
 * them, so the schema must not fill them in). The reference page states the same values.
 */
export const BUILT_IN = {
  samplingInterval: '1s',
  modbus: { register: 'Holding', addressBase: 0, rawType: 'UInt16', byteOrder: 'ABCD' },
  modbusTcp: {
    timeout: '2s',
    connectDelay: '0s',
    interRequestDelay: '0s',
    maxInFlight: 1,
    retries: 2,
    maxRegistersPerRead: 125,
    maxBitsPerRead: 2000,
    mergeGap: 8,
  },
  communicationAlarm: { priority: 'High', onDelay: '30s' },
  collectorClass: { name: 'default', maxDevicesPerCollector: 200, maxTagsPerCollector: 20_000 },
} as const;
