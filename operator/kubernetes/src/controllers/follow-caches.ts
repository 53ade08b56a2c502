import type { Kind } from '@kubeplant/crds';
import { type KubeObject, keyOf } from '../api/kube-object.ts';
import { type Caches, childSiteKey, siteKeyOf } from '../cache/caches.ts';
import type { StoreEvent } from '../cache/store.ts';
import { isAvailable } from '../site/availability.ts';
import { SHARD_LABEL } from '../site/labels.ts';
import type { Knowledge } from '../site/knowledge.ts';

/** Where keys go. */
export interface FollowDeps {
  readonly caches: Caches;
  readonly knowledge: Knowledge;
  /** Plan the site again, soon. */
  readonly planSite: (key: string, priority: 'normal' | 'low') => void;
  /** Look at a status, at once or a little later. */
  readonly judge: (kind: Kind, key: string, delayMs?: number) => void;
}

const COUNTS_MS = 1000;

/** Turn changes of the caches into keys to work on. Handlers do nothing else: they cannot fail. */
export function followCaches({ caches, knowledge, planSite, judge }: FollowDeps): void {
  const { own, children } = caches;
  const plan = (key: string | undefined, event: StoreEvent<KubeObject>) => {
    if (key !== undefined) planSite(key, event.initial ? 'low' : 'normal');
  };
  own.Site.onEvent((event) => {
    if (isDeclared(event)) plan(keyOf(event.object), event);
    if (event.kind === 'updated') judge('Site', keyOf(event.object));
  });
  for (const kind of ['Device', 'AlarmRule', 'Simulation'] as const) {
    own[kind].onEvent((event: StoreEvent<KubeObject>) => {
      const siteKey = siteKeyOf(event.object);
      if (isDeclared(event)) plan(siteKey, event);
      judge(kind, keyOf(event.object));
      if (kind === 'Device' && siteKey !== undefined) judge('Site', siteKey, COUNTS_MS);
    });
  }
  own.Device.onEvent((event) => {
    if (event.kind !== 'deleted') return;
    knowledge.deviceReports.delete(keyOf(event.object));
    knowledge.confirmed.delete(`Device/${keyOf(event.object)}`);
  });
  own.AlarmRule.onEvent((event) => {
    if (event.kind === 'deleted') knowledge.confirmed.delete(`AlarmRule/${keyOf(event.object)}`);
  });
  own.DeviceProfile.onEvent((event) => {
    judge('DeviceProfile', keyOf(event.object));
    if (isDeclared(event)) for (const key of sitesOf(caches, event.object.metadata.namespace)) plan(key, event);
  });
  own.CollectorClass.onEvent((event) => {
    judge('CollectorClass', keyOf(event.object));
    if (isDeclared(event)) for (const key of sitesOf(caches)) plan(key, event);
  });
  for (const store of Object.values(children)) {
    store.onEvent((event) => {
      if (event.initial && event.kind === 'added') return;
      if (isDeclared(event)) plan(childSiteKey(event.object), event);
      else followWorkload(event, { caches, knowledge, planSite, judge });
    });
  }
}

/** Sites of a namespace (or all), also those that Devices name and nobody declared. */
export function sitesOf({ own }: Caches, namespace?: string): Set<string> {
  const members = [...own.Device.list(), ...own.AlarmRule.list(), ...own.Simulation.list()].map(siteKeyOf);
  const keys = new Set([...own.Site.list().map(keyOf), ...members.filter((key) => key !== undefined)]);
  return namespace === undefined ? keys : new Set([...keys].filter((key) => key.startsWith(`${namespace}/`)));
}

/** False for what only a status write changes. */
function isDeclared({ kind, object, old }: StoreEvent<KubeObject>): boolean {
  if (kind !== 'updated' || old === undefined) return true;
  const { generation, labels, annotations, deletionTimestamp, ownerReferences } = object.metadata;
  const before = old.metadata;
  // ConfigMaps and ServiceAccounts have no generation: any change counts.
  if (generation === undefined || generation !== before.generation || deletionTimestamp !== before.deletionTimestamp) return true;
  return (
    JSON.stringify([labels, annotations, ownerReferences]) !== JSON.stringify([before.labels, before.annotations, before.ownerReferences])
  );
}

/** A pod came up or went down. */
function followWorkload({ object, old }: StoreEvent<KubeObject>, { knowledge, planSite, judge }: FollowDeps): void {
  const siteKey = childSiteKey(object);
  if (siteKey === undefined || isAvailable(object) === isAvailable(old)) return;
  judge('Site', siteKey);
  const site = knowledge.sites.get(siteKey);
  const shard = object.metadata.labels?.[SHARD_LABEL];
  if (object.kind === 'StatefulSet') {
    for (const [name, device] of site?.devices ?? []) if (device.shard === shard) judge('Device', `${object.metadata.namespace}/${name}`);
    return;
  }
  planSite(siteKey, 'normal');
  for (const name of site?.simulations.keys() ?? []) judge('Simulation', `${object.metadata.namespace}/${name}`);
}
