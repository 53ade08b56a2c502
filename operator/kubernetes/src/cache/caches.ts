import type { AlarmRule, CollectorClass, Device, DeviceProfile, Kind, Simulation, Site } from '@kubeplant/crds';
import type { Logger } from '@kubeplant/kit';
import { type KubeObject, keyOf, type ResourceType } from '../api/kube-object.ts';
import { CHILD_TYPES, OWN_TYPES } from '../api/resource-types.ts';
import type { Transport } from '../api/transport.ts';
import { digestBinary, strip } from '../runtime/fields.ts';
import { MANAGED_BY, MANAGER, SITE_LABEL } from '../site/labels.ts';
import { keepManifest } from '../site/shard-manifest.ts';
import { packTags } from './pack-tags.ts';
import { type Reflector, startReflector } from './reflector.ts';
import { createStore, type Store } from './store.ts';

/** A resource of ours as a cached object. */
export type Cached<T> = T & KubeObject;

/** Everything the controllers read. */
export interface Caches {
  readonly own: {
    readonly Site: Store<Cached<Site>>;
    readonly Device: Store<Cached<Device>>;
    readonly DeviceProfile: Store<Cached<DeviceProfile>>;
    readonly AlarmRule: Store<Cached<AlarmRule>>;
    readonly CollectorClass: Store<Cached<CollectorClass>>;
    readonly Simulation: Store<Cached<Simulation>>;
  };
  readonly children: Readonly<Record<keyof typeof CHILD_TYPES, Store<KubeObject>>>;
  /** Resolves when every kind has been listed once. */
  readonly synced: Promise<unknown>;
  /** Kinds without a first list; empty when all is known. */
  unsynced(): string[];
  /** Longest time any watch has been silent. */
  silentMs(): number;
  /** Resolves when all watches have stopped. */
  readonly done: Promise<unknown>;
}

/** What caches need. */
export interface CacheDeps {
  readonly transport: Transport;
  readonly log: Logger;
  readonly onRelist: (kind: string, reason: string) => void;
  /** One namespace only; absent: all. */
  readonly namespace?: string | undefined;
}

/** `namespace/site` a resource names in siteRef. */
export const siteKeyOf = (object: KubeObject): string | undefined => {
  const { siteRef } = (object.spec ?? {}) as { readonly siteRef?: { readonly name?: string } };
  return siteRef?.name === undefined ? undefined : `${object.metadata.namespace}/${siteRef.name}`;
};

/** `namespace/site` a child belongs to by its label. */
export const childSiteKey = ({ metadata }: KubeObject): string | undefined => {
  const site = metadata.labels?.[SITE_LABEL];
  return site === undefined ? undefined : `${metadata.namespace}/${site}`;
};

/** Watch our kinds, and what the operator made. */
export function startCaches(deps: CacheDeps, signal: AbortSignal): Caches {
  const reflectors: { readonly kind: string; readonly reflector: Reflector }[] = [];
  const follow = <T extends KubeObject>(
    type: ResourceType,
    store: Store<T>,
    options: { readonly ingest: (object: KubeObject) => T; readonly labelSelector?: string },
  ): Store<T> => {
    const namespace = type.namespaced ? deps.namespace : undefined;
    const reflector = startReflector(
      { ...deps, type, store, namespace, ...options, onRelist: (reason) => deps.onRelist(type.kind, reason) },
      signal,
    );
    reflectors.push({ kind: type.kind, reflector });
    return store;
  };
  // What is stored under our kinds has passed their schemas.
  const own = <T extends KubeObject>(kind: Kind, fileUnder: (object: T) => string | undefined): Store<T> =>
    follow(OWN_TYPES[kind], createStore<T>(fileUnder), { ingest: (object) => packTags(strip(object)) as T });
  const child = (kind: keyof typeof CHILD_TYPES): Store<KubeObject> =>
    follow(CHILD_TYPES[kind], createStore(childSiteKey), {
      labelSelector: `${MANAGED_BY}=${MANAGER}`,
      ingest: (object) => digestBinary(keepManifest(strip(object))),
    });
  const byNamespace = (object: KubeObject): string | undefined => object.metadata.namespace;
  const caches = {
    own: {
      Site: own<Cached<Site>>('Site', keyOf),
      Device: own<Cached<Device>>('Device', siteKeyOf),
      DeviceProfile: own<Cached<DeviceProfile>>('DeviceProfile', byNamespace),
      AlarmRule: own<Cached<AlarmRule>>('AlarmRule', siteKeyOf),
      CollectorClass: own<Cached<CollectorClass>>('CollectorClass', keyOf),
      Simulation: own<Cached<Simulation>>('Simulation', siteKeyOf),
    },
    children: {
      ConfigMap: child('ConfigMap'),
      ServiceAccount: child('ServiceAccount'),
      Service: child('Service'),
      StatefulSet: child('StatefulSet'),
      Deployment: child('Deployment'),
      NetworkPolicy: child('NetworkPolicy'),
      PodDisruptionBudget: child('PodDisruptionBudget'),
    },
  };
  return {
    ...caches,
    synced: Promise.all(reflectors.map(({ reflector }) => reflector.synced)),
    unsynced: () => reflectors.filter(({ reflector }) => !reflector.isSynced()).map(({ kind }) => kind),
    silentMs: () => Math.max(...reflectors.map(({ reflector }) => reflector.silentMs())),
    done: Promise.all(reflectors.map(({ reflector }) => reflector.done)),
  };
}
