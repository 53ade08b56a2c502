import type { EffectiveDevice } from '@kubeplant/crds/model';
import type { DeviceState } from '../driver.ts';
import type { CollectedDevice } from './create-device.ts';

/** A device that this collector does not talk to because another may: it takes nothing, and writes nothing. */
export function createRestingDevice(config: EffectiveDevice): CollectedDevice {
  const state: DeviceState =
    config.mode === 'Disabled'
      ? { connected: false, reason: 'Disabled', message: 'mode is Disabled' }
      : { connected: false, reason: 'Standby', message: 'this collector does not poll now' };
  const ignore = (): void => {};
  const { name, revision, simulated, mode } = config;
  const tagCount = config.tags.length;
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
