import type { DeviceState, DriverSink, RawReading } from '@kubeplant/collector-core';

/** A sink that keeps everything, for tests. */
export interface RecordingSink extends DriverSink {
  readonly all: RawReading[];
  readonly states: { readonly device: string; readonly state: DeviceState }[];
  readonly refused: Map<string, string>;
  readonly errors: Map<string, number>;
  readonly observedCount: Map<string, number>;
  readonly overruns: Map<string, number>;
  latest(device: string, tag: string): RawReading | undefined;
  stateOf(device: string): DeviceState | undefined;
}

/** Keep all that a driver reports. */
export function createRecordingSink(): RecordingSink {
  const all: RawReading[] = [];
  const states: { device: string; state: DeviceState }[] = [];
  const refused = new Map<string, string>();
  const errors = new Map<string, number>();
  const observedCount = new Map<string, number>();
  const overruns = new Map<string, number>();
  const add = (map: Map<string, number>, key: string, count: number) => map.set(key, (map.get(key) ?? 0) + count);
  return {
    all,
    states,
    refused,
    errors,
    observedCount,
    overruns,
    readings: (readings) => void all.push(...readings),
    observed: (device) => void add(observedCount, device, 1),
    state: (device, state) => void states.push({ device, state }),
    rejected: (device, tag, reason) => {
      if (reason === undefined) refused.delete(`${device}/${tag}`);
      else refused.set(`${device}/${tag}`, reason);
    },
    overrun: (device, count) => void add(overruns, device, count),
    protocolError: (_device, kind) => void add(errors, kind, 1),
    latest: (device, tag) => all.findLast((reading) => reading.device === device && reading.tag === tag),
    stateOf: (device) => states.findLast((entry) => entry.device === device)?.state,
  };
}
