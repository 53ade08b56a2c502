import type { DeviceState } from '../driver.ts';
import type { CollectedDevice, DeviceIdentity } from './create-device.ts';

/** A device that this collector does not talk to because another may: it takes nothing, and writes nothing. */
export function createRestingDevice({ name, revision, simulated, mode }: DeviceIdentity, tagCount: number): CollectedDevice {
  const state: DeviceState =
    mode === 'Disabled'
      ? { connected: false, reason: 'Disabled', message: 'mode is Disabled' }
      : { connected: false, reason: 'Standby', message: 'this collector does not poll now' };
  const ignore = (): void => {};
  return {
    identity: { name, revision, simulated, mode },
    tags: undefined,
    tagCount,
    state,
    held: true,
    read: () => false,
    observed: ignore,
    setState: ignore,
    reject: ignore,
    hold: ignore,
    health: () => ({
      device: name,
      revision,
      connected: false,
      dataFlowing: false,
      reason: state.reason,
      message: state.message,
      tags: tagCount,
      badTags: 0,
      rejected: [],
    }),
  };
}
