import type { Site } from '@kubeplant/crds';
import {
  type DeclaredResource,
  type EffectiveDevice,
  type EffectiveRule,
  type Finding,
  FORMAT_VERSION,
  type SiteModel,
} from '@kubeplant/crds/model';
import { revisionOf } from './canonical-json.ts';
import { namespaceOf } from './resource-ref.ts';

/** What the model of a site is made of. */
export interface SiteModelInput {
  readonly site: Site;
  readonly cluster: string;
  readonly tenant: string;
  /** In force, which need not be the one declared. */
  readonly timezone: string;
  readonly simulations: readonly string[];
  readonly devices: readonly EffectiveDevice[];
  readonly rules: readonly EffectiveRule[];
  readonly shards: SiteModel['shards'];
  readonly resources: readonly DeclaredResource[];
  readonly findings: readonly Finding[];
}

/** All the api needs to know of a site. */
export function buildSiteModel({ site, cluster, tenant, timezone, ...parts }: SiteModelInput): SiteModel {
  const { spec, metadata } = site;
  const basics = {
    formatVersion: FORMAT_VERSION,
    cluster,
    namespace: namespaceOf(site),
    tenant,
    site: metadata.name,
    ...(spec.enterprise === undefined ? {} : { enterprise: spec.enterprise }),
    displayName: spec.displayName ?? metadata.name,
    timezone,
    dayStart: spec.dayStart,
    historian: { class: spec.historian?.class ?? 'standard', eventRetention: spec.historian?.eventRetention ?? '5y' },
    areas: spec.areas ?? [],
  } as const;
  return { ...basics, revision: revisionOf({ ...basics, ...identityOf(parts) }), ...parts };
}

/** The parts in short: devices and rules by their revisions, resources by what changes when their declaration does. */
function identityOf({ devices, rules, resources, ...rest }: Omit<SiteModelInput, 'site' | 'cluster' | 'tenant' | 'timezone'>): object {
  return {
    ...rest,
    devices: devices.map(({ name, uid, revision }) => [name, uid, revision]),
    rules: rules.map(({ name, uid, revision }) => [name, uid, revision]),
    resources: resources.map(identityOfResource),
  };
}

/** With a generation (Kubernetes) the resourceVersion also counts status writes, which change no declaration. */
function identityOfResource({ kind, metadata, spec }: DeclaredResource): unknown {
  const { name, uid, generation, resourceVersion, labels, annotations } = metadata;
  const version = generation !== undefined ? { uid, generation } : resourceVersion !== undefined ? { uid, resourceVersion } : { spec };
  return [kind, name, version, labels, annotations];
}
