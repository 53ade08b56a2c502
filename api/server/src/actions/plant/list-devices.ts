import { DeviceList, ListDevicesInput } from '@kubeplant/api-client/schemas';
import { defineAction } from '../action.ts';
import { matches, toList } from '../list.ts';
import { isInArea, toDeviceRow } from './device-row.ts';

export const listDevices = defineAction({
  name: 'devices.list',
  summary: 'List the devices and how the field answers',
  permission: 'read',
  input: ListDevicesInput,
  output: DeviceList,
  run: async (ctx, input) => {
    const { q, namespace, site, area, protocol, connected, dataFlowing, ready } = input;
    const rows = ctx.plant
      .devices(ctx.scope)
      .filter(
        ({ model, device }) =>
          (namespace ?? model.namespace) === model.namespace && (site ?? model.site) === model.site && isInArea(device.area, area),
      )
      .map((device) => toDeviceRow(ctx.sites, device))
      .filter(
        (row) =>
          (protocol ?? row.protocol) === row.protocol &&
          (connected === undefined || connected === (row.connected === true)) &&
          (dataFlowing === undefined || dataFlowing === (row.dataFlowing === true)) &&
          (ready ?? row.ready) === row.ready &&
          matches(q, [row.name, row.displayName, row.designation, row.site, row.namespace]),
      );
    const key = input.sort ?? 'name';
    return toList(rows, input, [(row) => row[key], (row) => row.namespace, (row) => row.name]);
  },
});
