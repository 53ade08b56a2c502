import type { Site } from '@kubeplant/crds';
import type { PlanResources } from '@kubeplant/plan';
import type { Cached, Caches } from '../cache/caches.ts';
import { splitKey } from '../api/kube-object.ts';

/** A site with all that belongs to it, as the caches have it. */
export interface GatheredSite {
  readonly namespace: string;
  readonly name: string;
  readonly site: Cached<Site> | undefined;
  readonly resources: PlanResources;
}

/** Read a site from the caches. What is being deleted no longer counts. */
export function gatherSite(key: string, { own }: Pick<Caches, 'own'>): GatheredSite {
  const { namespace, name } = splitKey(key);
  const site = own.Site.get(key);
  const alive = <T extends { readonly metadata: { readonly deletionTimestamp?: string } }>(objects: readonly T[]): T[] =>
    objects.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const sites = site === undefined ? [] : alive([site]);
  return {
    namespace,
    name,
    site: sites[0],
    resources: {
      sites,
      devices: alive(own.Device.filed(key)),
      profiles: alive(own.DeviceProfile.filed(namespace)),
      rules: alive(own.AlarmRule.filed(key)),
      classes: alive(own.CollectorClass.list()),
      simulations: alive(own.Simulation.filed(key)),
    },
  };
}

/** The members of a suspended site as if each were suspended: nothing new starts, nothing changes. */
export function freezeMembers({ sites, devices, rules, simulations, ...rest }: PlanResources): PlanResources {
  const freeze = <T extends { readonly spec: object }>(objects: readonly T[]): T[] =>
    objects.map((object) => ({ ...object, spec: { ...object.spec, suspend: true } }));
  const thaw = sites.map((site) => ({ ...site, spec: { ...site.spec, suspend: false } }));
  return { ...rest, sites: thaw, devices: freeze(devices), rules: freeze(rules), simulations: freeze(simulations) };
}

/** True when something of the site keeps an earlier form. */
export const hasSuspended = ({ sites, devices, rules, simulations }: PlanResources): boolean =>
  [...sites, ...devices, ...rules, ...simulations].some(({ spec }) => spec.suspend === true);
