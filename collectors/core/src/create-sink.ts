import type { CollectorMetrics } from './collector-metrics.ts';
import type { CollectedDevice } from './device/create-device.ts';
import type { Clock, DriverSink } from './driver.ts';

/** What a sink needs. */
export interface SinkDeps {
  readonly clock: Pick<Clock, 'nowUs'>;
  readonly metrics: Pick<CollectorMetrics, 'readings' | 'overrun' | 'protocolError'>;
}

/** Gives what a driver finds to the devices behind its channel; devices that are not in the configuration any more are ignored. */
export function createSink({ clock, metrics }: SinkDeps, devices: ReadonlyMap<string, CollectedDevice>): DriverSink {
  return {
    readings: (readings) => {
      const nowUs = clock.nowUs();
      let reported = 0;
      let device: CollectedDevice | undefined;
      for (const reading of readings) {
        if (reading.device !== device?.identity.name) device = devices.get(reading.device);
        if (device?.read(reading, nowUs)) reported++;
      }
      metrics.readings(readings.length, reported);
    },
    observed: (device, untilUs) => devices.get(device)?.observed(untilUs),
    state: (device, state) => devices.get(device)?.setState(state),
    rejected: (device, tag, reason) => devices.get(device)?.reject(tag, reason),
    overrun: (_device, count) => metrics.overrun(count),
    protocolError: (_device, kind) => metrics.protocolError(kind),
  };
}
