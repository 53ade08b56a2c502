import type { SimulatorConfig } from '@kubeplant/crds/model';
import { tokenHash, shardToken } from '@kubeplant/kit';
import { type Plan, plan, type PreviousPlan, type SimulatorEndpoints } from '@kubeplant/plan';
import type { Transport } from '../api/transport.ts';
import type { Caches } from '../cache/caches.ts';
import { isAvailable } from './availability.ts';
import { simulatorHost, simulatorName } from './build-simulator.ts';
import { type FrozenParts, readFrozen } from './frozen-parts.ts';
import { freezeMembers, type GatheredSite, hasSuspended } from './gather-site.ts';
import type { HeldChannels } from './held-channels.ts';
import { readShards } from './previous-devices.ts';
import type { Knowledge } from './knowledge.ts';
import { readAssignment } from './shard-manifest.ts';
import { undrainedShards } from './undrained.ts';

/** What planning needs beside the resources. */
export interface PlanDeps {
  readonly caches: Caches;
  readonly transport: Transport;
  readonly held: HeldChannels;
  readonly knowledge: Pick<Knowledge, 'sites' | 'shardReports'>;
  readonly cluster: string;
  readonly rootKey: string;
  /** `namespace/site` → what suspended resources without a place in a shard keep. */
  readonly frozen: Map<string, FrozenParts>;
  /** `namespace/name` of simulators that have served: a restart of one does not change what collectors dial. */
  readonly served: Set<string>;
}

/** Plan one site as it is now. */
export async function planGathered(key: string, gathered: GatheredSite, deps: PlanDeps): Promise<Plan> {
  const { caches, held } = deps;
  const configMaps = caches.children.ConfigMap.filed(key);
  const resources = gathered.site?.spec.suspend === true ? freezeMembers(gathered.resources) : gathered.resources;
  const previous = hasSuspended(resources) ? await readPrevious(key, deps) : undefined;
  const statefulSets = caches.children.StatefulSet.filed(key);
  const undrained = undrainedShards(key, statefulSets, deps.knowledge);
  const run = (simulators: SimulatorEndpoints): Plan =>
    plan({
      resources,
      previous,
      simulators,
      assignment: readAssignment(configMaps),
      held: held.read({ configMaps, statefulSets }, performance.now()),
      undrained,
      host: {
        kind: 'kubernetes',
        cluster: deps.cluster,
        simulate: true,
        tokenHashes: (tenant, site, shard) => [tokenHash(shardToken(deps.rootKey, tenant, site, shard))],
      },
    });
  const first = run({});
  const endpoints = readyEndpoints(first.simulators, deps);
  const result = Object.keys(endpoints).length === 0 ? first : run(endpoints);
  remember(key, result, deps.frozen);
  return result;
}

async function readPrevious(key: string, { caches, transport, frozen }: PlanDeps): Promise<PreviousPlan> {
  const parts = frozen.get(key) ?? (await readFrozen(transport, key));
  const shards = await readShards(transport, caches.children.ConfigMap.filed(key));
  return { siteModels: parts === undefined ? [] : [parts.model], shards, simulators: parts?.simulators ?? [] };
}

/** Where the simulators that run listen. A name of the cluster, so it stays when the pod does not. */
function readyEndpoints(simulators: readonly SimulatorConfig[], { caches, served }: PlanDeps): SimulatorEndpoints {
  const endpoints: Record<string, { readonly host: string; readonly port: number }> = {};
  for (const config of simulators) {
    const key = `${config.namespace}/${simulatorName(config)}`;
    const deployment = caches.children.Deployment.get(key);
    if (deployment === undefined) served.delete(key);
    else if (isAvailable(deployment)) served.add(key);
    if (!served.has(key)) continue;
    for (const { channel, port } of config.listeners) endpoints[`${config.namespace}/${channel}`] = { host: simulatorHost(config), port };
  }
  return endpoints;
}

/** Devices with a connection are read back from the shards; keeping them here too would cost the memory of all tags. */
function remember(key: string, { siteModels, simulators }: Plan, frozen: PlanDeps['frozen']): void {
  const [model] = siteModels;
  if (model === undefined) return;
  frozen.set(key, {
    model: { ...model, resources: [], devices: model.devices.filter(({ protocol }) => protocol === 'Calculated') },
    simulators,
  });
}
