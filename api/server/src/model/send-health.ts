import type { model } from '@kubeplant/proto';
import type { OwnedSites } from '../owner/create-sites.ts';
import type { DeviceHealthView } from '../ports.ts';

const TOGETHER_MS = 200;

type Sites = Pick<OwnedSites, 'deviceHealth' | 'shards' | 'onHealth'>;

/** Tells one operator how the field answers: a site in full, then what changed. */
export interface HealthSender {
  full(tenant: string, site: string): void;
  stop(): void;
}

/** `concerns`: tenants of this operator's cluster. */
export function createHealthSender(
  sites: Sites,
  concerns: (tenant: string) => boolean,
  send: (health: model.SiteHealth) => void,
): HealthSender {
  const changed = new Map<string, { tenant: string; site: string; devices: Set<string> }>();
  let timer: NodeJS.Timeout | undefined;
  const report = (tenant: string, site: string, only: ReadonlySet<string> | undefined): void => {
    const devices = [...sites.deviceHealth(tenant, site)].filter(([device]) => only?.has(device) ?? true);
    send({
      namespace: namespaceOf(tenant),
      site,
      shards: [...sites.shards(tenant, site)],
      devices: devices.map(([device, health]) => toReport(device, health)),
    });
  };
  const flush = (): void => {
    timer = undefined;
    for (const { tenant, site, devices } of changed.values()) report(tenant, site, devices);
    changed.clear();
  };
  const stopListening = sites.onHealth(({ tenant, site, devices }) => {
    if (!concerns(tenant)) return;
    const key = `${tenant} ${site}`;
    const known = changed.get(key) ?? { tenant, site, devices: new Set<string>() };
    changed.set(key, known);
    for (const device of devices) known.devices.add(device);
    timer ??= setTimeout(flush, TOGETHER_MS);
  });
  return {
    full: (tenant, site) => report(tenant, site, undefined),
    stop: () => {
      stopListening();
      clearTimeout(timer);
    },
  };
}

const namespaceOf = (tenant: string): string => tenant.slice(tenant.indexOf('/') + 1);

function toReport(device: string, health: DeviceHealthView): model.DeviceReport {
  const { shard, revision, connected, dataFlowing, reason, message, tags, badTags, rejected } = health;
  return { device, shard, revision, connected, dataFlowing, reason, message, tags, badTags, rejected: [...rejected] };
}
