import type { DeclaredResource, EffectiveDevice, EffectiveTag, SiteModel } from '@kubeplant/crds/model';
import { covers } from '../../auth/identity.ts';
import type { Scope, Sites } from '../../ports.ts';

/** A device and the model it is in. */
export interface PlantDevice {
  readonly model: SiteModel;
  readonly device: EffectiveDevice;
}

/** A tag and where it is. */
export interface PlantTag extends PlantDevice {
  readonly tag: EffectiveTag;
  /** `namespace/device/tag`. */
  readonly path: string;
}

/** What is declared, as far as a scope sees it. */
export interface Plant {
  models(scope: Scope): readonly SiteModel[];
  devices(scope: Scope): readonly PlantDevice[];
  tags(scope: Scope): readonly PlantTag[];
  device(scope: Scope, tenant: string, name: string): PlantDevice | undefined;
  tag(scope: Scope, tenant: string, device: string, name: string): PlantTag | undefined;
  resource(
    scope: Scope,
    tenant: string,
    kind: string,
    name: string,
  ): { readonly model: SiteModel; readonly resource: DeclaredResource } | undefined;
}

interface SiteIndex {
  readonly devices: ReadonlyMap<string, PlantDevice>;
  readonly tags: ReadonlyMap<string, PlantTag>;
}

/** The models of the sites, indexed once per model: a new revision is a new object. */
export function createPlant(sites: Pick<Sites, 'models'>): Plant {
  const indexes = new WeakMap<SiteModel, SiteIndex>();
  const indexOf = (model: SiteModel): SiteIndex => {
    let index = indexes.get(model);
    if (index === undefined) {
      index = buildIndex(model);
      indexes.set(model, index);
    }
    return index;
  };
  const models = (scope: Scope): SiteModel[] => sites.models().filter((model) => covers(scope, model.tenant, model.site));
  const inTenant = (scope: Scope, tenant: string): SiteModel[] => models(scope).filter((model) => model.tenant === tenant);
  return {
    models,
    devices: (scope) => models(scope).flatMap((model) => [...indexOf(model).devices.values()]),
    tags: (scope) => models(scope).flatMap((model) => [...indexOf(model).tags.values()]),
    device: (scope, tenant, name) => first(inTenant(scope, tenant), (model) => indexOf(model).devices.get(name)),
    tag: (scope, tenant, device, name) => first(inTenant(scope, tenant), (model) => indexOf(model).tags.get(`${device}/${name}`)),
    resource: (scope, tenant, kind, name) =>
      first(inTenant(scope, tenant), (model) => {
        const resource = model.resources.find((one) => one.kind === kind && one.metadata.name === name);
        return resource === undefined ? undefined : { model, resource };
      }),
  };
}

function buildIndex(model: SiteModel): SiteIndex {
  const devices = new Map<string, PlantDevice>();
  const tags = new Map<string, PlantTag>();
  for (const device of model.devices) {
    devices.set(device.name, { model, device });
    for (const tag of device.tags) {
      tags.set(`${device.name}/${tag.name}`, { model, device, tag, path: `${model.namespace}/${device.name}/${tag.name}` });
    }
  }
  return { devices, tags };
}

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
