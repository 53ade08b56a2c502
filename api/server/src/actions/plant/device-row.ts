import type { Device } from '@kubeplant/api-client';
import type { SiteModel } from '@kubeplant/crds/model';
import type { DeviceHealthView, Sites } from '../../ports.ts';
import { formatTime } from '../time.ts';
import type { PlantDevice } from './plant.ts';

/** A device with what is known of how the field answers. */
export function toDeviceRow(sites: Pick<Sites, 'health' | 'collectors'>, { model, device }: PlantDevice): Device {
  const health = sites.health(model.tenant, device.name);
  const calculated = device.protocol === 'Calculated';
  const { area, displayName, designation } = device;
  return {
    namespace: model.namespace,
    name: device.name,
    site: model.site,
    ...(area === undefined ? {} : { area }),
    ...(displayName === undefined ? {} : { displayName }),
    ...(designation === undefined ? {} : { designation }),
    protocol: device.protocol,
    mode: device.mode,
    simulated: device.simulated,
    ready: isReady({ model, device }, health),
    connected: calculated ? null : (health?.connected ?? null),
    dataFlowing: health?.dataFlowing ?? null,
    ...toReason({ model, device }, health),
    ...(health === undefined ? {} : { since: formatTime(health.sinceMs * 1000) }),
    tags: device.tags.length,
    badTags: health?.badTags ?? 0,
    rejected: [...(health?.rejected ?? [])],
    ...(health === undefined || health.shard === '' ? {} : { shard: health.shard, ...collectorsOf(sites, model, health.shard) }),
    revision: device.revision,
  };
}

function collectorsOf(sites: Pick<Sites, 'collectors'>, model: SiteModel, shard: string): Pick<Device, 'collectors'> {
  const own = sites.collectors(model.tenant, model.site).filter((one) => one.shard === shard);
  return own.length === 0 ? {} : { collectors: own.map(({ shard: _shard, ...collector }) => collector) };
}

/** A device from which values should come, and do not. */
export const isNotFlowing = (row: Device): boolean => row.mode === 'Active' && row.protocol !== 'Calculated' && row.dataFlowing !== true;

/** Area `path` is `area` or below it. */
export const isInArea = (path: string | undefined, area: string | undefined): boolean =>
  area === undefined || path === area || path?.startsWith(`${area}/`) === true;

/** Declared without error and applied where it runs; a calculated or disabled device runs in the model itself. */
function isReady({ model, device }: PlantDevice, health: DeviceHealthView | undefined): boolean {
  const wrong = model.findings.some(
    ({ severity, resource }) => severity === 'Error' && resource.kind === 'Device' && resource.name === device.name,
  );
  return !wrong && (device.protocol === 'Calculated' || health?.revision === device.revision);
}

function toReason({ device }: PlantDevice, health: DeviceHealthView | undefined): { reason: string; message: string } {
  if (health !== undefined) return { reason: health.reason, message: health.message };
  if (device.protocol === 'Calculated') return { reason: 'Calculated', message: 'Computed from other tags of the site.' };
  if (device.mode === 'Disabled') return { reason: 'Disabled', message: 'spec.mode is Disabled: there is no connection.' };
  return { reason: 'NotReported', message: 'No collector has reported this device yet.' };
}
