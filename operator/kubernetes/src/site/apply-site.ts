import type { CollectorClass, Site } from '@kubeplant/crds';
import { shardToken } from '@kubeplant/kit';
import type { Plan, PlannedShard } from '@kubeplant/plan';
import { type KubeObject, keyOf, type ResourceType } from '../api/kube-object.ts';
import { CHILD_TYPES, SECRET } from '../api/resource-types.ts';
import type { Cached } from '../cache/caches.ts';
import { type Applier, isOwned, type Owner } from '../runtime/apply-child.ts';
import { digestBinary } from '../runtime/fields.ts';
import type { Outcome } from '../status/conditions.ts';
import { createGate } from '../status/rate-limit.ts';
import { buildConfigMaps } from './build-config-maps.ts';
import { buildCredentials } from './build-credentials.ts';
import { buildNetworkPolicy, type PolicyContext } from './build-network-policy.ts';
import { buildSimulator } from './build-simulator.ts';
import { buildDisruptionBudget, buildServiceAccount } from './build-site-objects.ts';
import { keepBuffer, mustRecreate } from './buffer-volume.ts';
import { buildStatefulSet, type CollectorSettings } from './build-stateful-set.ts';
import type { HeldChannels } from './held-channels.ts';

/** What the children of a site are made with. */
export interface ApplyDeps {
  readonly applier: Applier;
  readonly held: HeldChannels;
  readonly settings: CollectorSettings & { readonly simulatorImage: string };
  /** The StatefulSet of a shard (`namespace/name`) as it is. */
  readonly statefulSet: (key: string) => KubeObject | undefined;
  readonly rootKey: string;
  readonly caPem: string;
  /** ConfigMaps of configurations already packed, by `namespace/shard`: packing again costs more than all the rest. */
  readonly packed: Map<string, { readonly revision: string; readonly maps: readonly KubeObject[] }>;
}

/** A site to apply. */
export interface ApplyInput {
  readonly site: Cached<Site>;
  readonly plan: Plan;
  readonly classes: ReadonlyMap<string, CollectorClass>;
  readonly policy: Omit<PolicyContext, 'networks'>;
  /** The form of what is suspended; undefined: nothing is. */
  readonly frozen: KubeObject | undefined;
}

/** The site as the owner of its children. */
export const ownerOf = (site: Cached<Site>): Owner => ({
  apiVersion: site.apiVersion,
  kind: site.kind,
  name: site.metadata.name,
  uid: site.metadata.uid ?? '',
});

/** What was wanted, and what could not be applied. */
export interface Applied {
  /** `Kind/name` of every child that belongs to the plan. */
  readonly wanted: ReadonlySet<string>;
  /** Shard or Simulation → why it is not applied. */
  readonly blocked: ReadonlyMap<string, Outcome>;
}

const AT_ONCE = 6;

/** Bring the children of a site to what the plan says. One that cannot be applied does not keep the others. */
export async function applySite({ site, plan, classes, policy, frozen }: ApplyInput, deps: ApplyDeps): Promise<Applied> {
  const owner = ownerOf(site);
  const wanted = new Set<string>();
  const blocked = new Map<string, Outcome>();
  const put = async (group: string, object: KubeObject, materialize?: () => KubeObject): Promise<void> => {
    wanted.add(`${object.kind}/${object.metadata.name}`);
    if (blocked.has(group)) return;
    const present = object.kind === 'StatefulSet' ? deps.statefulSet(keyOf(object)) : undefined;
    if (present?.metadata.deletionTimestamp !== undefined) return; // its end is an event that brings us here again
    if (present !== undefined && isOwned(present, owner) && mustRecreate(present, object)) {
      await deps.applier.remove(typeOf(object.kind), present, 'Orphan');
      return;
    }
    const result = await deps.applier.apply(typeOf(object.kind), object, owner, materialize);
    if (result === 'foreign') blocked.set(group, foreign(object));
  };
  const namespace = site.metadata.namespace ?? '';
  if (plan.shards.length > 0 || plan.simulators.length > 0) await put('', buildServiceAccount(namespace, site.metadata.name));
  if (plan.shards.length > 0) await put('', buildDisruptionBudget(namespace, site.metadata.name));
  if (frozen !== undefined) await put('', frozen);
  const gate = createGate(AT_ONCE);
  const shards = plan.shards.map((shard) =>
    gate.run(() => applyShard(shard, { put, blocked, spec: classes.get(shard.collectorClass)?.spec, policy }, deps)),
  );
  const simulators = plan.simulators.map((config) =>
    gate.run(async () => {
      const built = buildSimulator(config, { image: deps.settings.simulatorImage, logLevel: deps.settings.logLevel });
      if (built.kind === 'too-large') blocked.set(config.simulation, tooLarge('Split the Simulation into several.', built.bytes));
      else for (const object of built.objects) await put(config.simulation, object as KubeObject); // metadata is made whole in buildSimulator
    }),
  );
  await Promise.all([...shards, ...simulators]);
  return { wanted, blocked };
}

interface ShardContext {
  readonly put: (group: string, object: KubeObject, materialize?: () => KubeObject) => Promise<void>;
  readonly blocked: Map<string, Outcome>;
  readonly spec: CollectorClass['spec'] | undefined;
  readonly policy: Omit<PolicyContext, 'networks'>;
}

async function applyShard(shard: PlannedShard, { put, blocked, spec, policy }: ShardContext, deps: ApplyDeps): Promise<void> {
  const { name, namespace, site, config } = shard;
  const token = shardToken(deps.rootKey, config.tenant, site, name);
  await put(name, buildCredentials(shard, { token, caPem: deps.caPem }));
  if (spec?.networkPolicy?.mode !== 'None')
    await put(name, buildNetworkPolicy(shard, { ...policy, networks: spec?.networkPolicy?.egressCIDRs ?? [] }));
  const key = `${namespace}/${name}`;
  const known = deps.packed.get(key);
  if (known?.revision === config.revision) {
    const pack = packOnce(shard);
    for (const map of known.maps) await put(name, map, () => pack().find(({ metadata }) => metadata.name === map.metadata.name) ?? map);
  } else {
    const built = buildConfigMaps(shard);
    if (built.kind === 'too-large') {
      blocked.set(name, tooLarge('Lower maxTagsPerCollector of its CollectorClass.', built.bytes));
      return;
    }
    for (const map of built.maps) await put(name, map);
    deps.packed.set(key, { revision: config.revision, maps: built.maps.map((map) => digestBinary<KubeObject>(map)) });
  }
  deps.held.written(
    key,
    config.revision,
    config.channels.map((channel) => channel.key),
  );
  await put(name, buildStatefulSet(shard, keepBuffer(spec, deps.statefulSet(key)), deps.settings));
}

/** Packs when first asked: only a ConfigMap that somebody changed has to be made again. */
function packOnce(shard: PlannedShard): () => readonly KubeObject[] {
  let maps: readonly KubeObject[] | undefined;
  return () => {
    if (maps === undefined) {
      const built = buildConfigMaps(shard);
      maps = built.kind === 'maps' ? built.maps : [];
    }
    return maps;
  };
}

const typeOf = (kind: string): ResourceType => {
  const type = kind === 'Secret' ? SECRET : CHILD_TYPES[kind as keyof typeof CHILD_TYPES]; // checked below
  if (type === undefined) throw new Error(`no resource type for kind ${kind}`);
  return type;
};

const foreign = ({ kind, metadata }: KubeObject): Outcome => ({
  kind: 'stalled',
  reason: 'ForeignObject',
  message: `${kind} "${metadata.namespace}/${metadata.name}" exists and does not belong to this Site; it is left alone. Delete or rename it.`,
});

const tooLarge = (fix: string, bytes: number): Outcome => ({
  kind: 'stalled',
  reason: 'ConfigurationTooLarge',
  message: `The configuration has ${bytes} bytes, more than ConfigMaps can hold. ${fix}`,
});
