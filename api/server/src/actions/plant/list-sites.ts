import type { Device, Site } from '@kubeplant/api-client';
import { ListSitesInput, SiteList } from '@kubeplant/api-client/schemas';
import type { SiteModel } from '@kubeplant/crds/model';
import type { Sites } from '../../ports.ts';
import { defineAction } from '../action.ts';
import { matches, toList } from '../list.ts';
import { formatTime } from '../time.ts';
import { isNotFlowing, toDeviceRow } from './device-row.ts';

export const listSites = defineAction({
  name: 'sites.list',
  summary: 'List the sites',
  permission: 'read',
  input: ListSitesInput,
  output: SiteList,
  run: async (ctx, input) => {
    const models = ctx.plant
      .models(ctx.scope)
      .filter(
        (model) =>
          (input.namespace ?? model.namespace) === model.namespace &&
          matches(input.q, [model.site, model.displayName, model.enterprise, model.namespace]),
      );
    const rows = models.map((model) => toSiteRow(ctx.sites, model));
    const key = input.sort ?? 'name';
    return toList(rows, input, [(row) => row[key], (row) => row.namespace, (row) => row.name]);
  },
});

/** Devices of a site counted. */
export function countDevices(rows: readonly Device[]): Site['devices'] {
  const count = (is: (row: Device) => boolean): number => rows.filter(is).length;
  return {
    total: rows.length,
    connected: count((row) => row.connected === true),
    dataFlowing: count((row) => row.dataFlowing === true),
    notFlowing: count(isNotFlowing),
  };
}

function toSiteRow(sites: Sites, model: SiteModel): Site {
  const notRecorded = sites.notRecorded(model.tenant, model.site);
  const devices = model.devices.map((device) => toDeviceRow(sites, { model, device }));
  return {
    namespace: model.namespace,
    name: model.site,
    displayName: model.displayName,
    ...(model.enterprise === undefined ? {} : { enterprise: model.enterprise }),
    timezone: model.timezone,
    areas: model.areas.map(({ path, displayName }) => (displayName === undefined ? { path } : { path, displayName })),
    simulations: [...model.simulations],
    revision: model.revision,
    ready: !model.findings.some((finding) => finding.severity === 'Error'),
    recording: sites.recording(model.tenant, model.site),
    ...(notRecorded === undefined ? {} : { notRecorded: { since: formatTime(notRecorded.sinceUs), reason: notRecorded.reason } }),
    valuesPerSecond: sites.rate(model.tenant, model.site),
    tags: model.devices.reduce((sum, device) => sum + device.tags.length, 0),
    rules: model.rules.length,
    devices: countDevices(devices),
  };
}
