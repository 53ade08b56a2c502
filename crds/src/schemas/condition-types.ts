import type { Kind } from './kinds.ts';

const ready = { Ready: 'What is declared is applied. Whether the field answers is said by other conditions: a stopped plant is Ready.' };
const common = {
  Reconciling: 'Present while True: waiting for something, such as a reference that is not there yet or a collector that is starting.',
  Stalled: 'Present while True: the declaration cannot be applied until somebody changes it.',
  Suspended: 'Present while True: spec.suspend freezes the resource; what runs keeps running.',
};

/** Conditions of each kind and what they mean when True. */
export const CONDITION_TYPES: Readonly<Record<Kind, Readonly<Record<string, string>>>> = {
  Site: {
    ...ready,
    ModelPublished: 'The api has accepted the present model of the site.',
    CollectorAvailable: 'Every collector of the site runs.',
    DevicesReady: 'Every Device of the site is Ready.',
    UndrainedBuffer:
      'Present while True: a collector without a Device still holds readings on its volume; it stays until they are committed.',
    ...common,
  },
  Device: {
    ...ready,
    CollectorAvailable: 'The collector that holds the device runs. Calculated Devices have none.',
    Connected: 'The connection to the device is up. Flips after 10 s bad or 30 s good. Calculated Devices have none.',
    DataFlowing: 'Readings arrive. Flips after 10 s bad or 30 s good.',
    Simulated: 'A Simulation serves the device instead of the plant.',
    ...common,
  },
  AlarmRule: { ...ready, Compiled: 'The rule has been turned into alarms on the tags it watches.', ...common },
  DeviceProfile: { ...ready, ...common },
  CollectorClass: { ...ready, ...common },
  Simulation: { ...ready, ...common },
};
