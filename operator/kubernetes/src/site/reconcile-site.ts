import type { CollectorClass, Kind, Site } from '@kubeplant/crds';
import type { Finding, SiteModel } from '@kubeplant/crds/model';
import type { Plan } from '@kubeplant/plan';
import type { KubeObject } from '../api/kube-object.ts';
import { CHILD_TYPES } from '../api/resource-types.ts';
import type { Cached } from '../cache/caches.ts';
import type { ReconcileResult } from '../runtime/run-controller.ts';
import { buildFrozen } from './frozen-parts.ts';
import { type ApplyDeps, applySite, ownerOf } from './apply-site.ts';
import { devicesOpenByPort, type PolicyContext } from './build-network-policy.ts';
import type { FindService } from './egress.ts';
import { type GatheredSite, gatherSite } from './gather-site.ts';
import { judgeSite } from './judge-site.ts';
import type { Knowledge, SiteKnowledge } from './knowledge.ts';
import { warnOfKeptBuffers } from './buffer-volume.ts';
import { type PlanDeps, planGathered } from './plan-gathered.ts';
import { pruneSite } from './prune-site.ts';

/** Where models of sites go. */
export interface ModelPort {
  publish(model: SiteModel): void;
  remove(namespace: string, site: string): void;
}

/** What reconciling a site needs. */
export interface SiteDeps extends PlanDeps, ApplyDeps {
  readonly knowledge: Knowledge;
  readonly model: ModelPort;
  readonly findServices: (hosts: readonly string[]) => Promise<FindService>;
  readonly ingest: { readonly host: string; readonly port: number };
  /** The status of a resource may have to change. */
  readonly onJudged: (kind: Kind, key: string) => void;
}

/** Something waits for another collector to let go, or to have sent all it holds: look again. */
const MOVING_MS = 5000;

/** Plan a site, apply its children, tell the api, and note what became of each resource. */
export async function reconcileSite(key: string, deps: SiteDeps): Promise<ReconcileResult> {
  const gathered = gatherSite(key, deps.caches);
  const { site, resources, namespace, name } = gathered;
  const before = deps.knowledge.sites.get(key);
  const members = resources.devices.length + resources.rules.length + resources.simulations.length;
  if (site === undefined && members === 0) {
    forget(key, deps);
    deps.model.remove(namespace, name);
    return {};
  }
  if (site?.spec.suspend === true && before !== undefined) {
    await keepFrozen(site, buildFrozen(resources, deps.frozen.get(key)), deps);
    deps.onJudged('Site', key);
    return {};
  }
  const plan = await planGathered(key, gathered, deps);
  const done = site === undefined || site.spec.suspend === true ? NOTHING : await applyPlan(key, gathered, plan, deps);
  const knowledge = judgeSite({ gathered, plan, ...done });
  deps.knowledge.sites.set(key, knowledge);
  publish(key, { plan, before, knowledge, gathered }, deps);
  tellChanges(namespace, { before, after: knowledge }, deps);
  deps.onJudged('Site', key);
  const moving = [...knowledge.devices.values()].some(({ outcome }) => outcome.reason === 'ChannelMoving');
  return moving || knowledge.draining.size > 0 ? { requeueAfterMs: MOVING_MS } : {};
}

/** A suspended site is left as it is, but for the note of what that was. */
async function keepFrozen(site: Cached<Site>, frozen: KubeObject | undefined, { applier }: SiteDeps): Promise<void> {
  if (frozen !== undefined) await applier.apply(CHILD_TYPES.ConfigMap, frozen, ownerOf(site));
}

const NOTHING = { blocked: new Map(), findings: [] };

function forget(key: string, { knowledge, frozen }: SiteDeps): void {
  for (const map of [knowledge.sites, knowledge.accepted, frozen]) map.delete(key);
}

async function applyPlan(
  key: string,
  { site, resources }: GatheredSite,
  plan: Plan,
  deps: SiteDeps,
): Promise<{ readonly blocked: Awaited<ReturnType<typeof applySite>>['blocked']; readonly findings: readonly Finding[] }> {
  if (site === undefined) return NOTHING;
  const hosts = plan.shards.flatMap(({ config }) => config.channels.map(({ endpoint }) => endpoint.host));
  const policy = { findService: await deps.findServices([...hosts, deps.ingest.host]), ingest: deps.ingest };
  const classes = new Map(resources.classes.map((item) => [item.metadata.name, item]));
  const { wanted, blocked } = await applySite({ site, plan, classes, policy, frozen: buildFrozen(resources, deps.frozen.get(key)) }, deps);
  await pruneSite(key, site, wanted, deps);
  const findings = plan.shards.flatMap((shard) => {
    const collectorClass = classes.get(shard.collectorClass);
    const kept = warnOfKeptBuffers(shard, collectorClass?.spec, deps.statefulSet(`${shard.namespace}/${shard.name}`));
    return [...warnOfOpenPorts(shard, collectorClass, policy), ...kept];
  });
  return { blocked, findings };
}

function warnOfOpenPorts(
  shard: Plan['shards'][number],
  collectorClass: CollectorClass | undefined,
  policy: Omit<PolicyContext, 'networks'>,
): Finding[] {
  const { networkPolicy } = collectorClass?.spec ?? {};
  if (networkPolicy?.mode === 'None') return [];
  return devicesOpenByPort(shard, { ...policy, networks: networkPolicy?.egressCIDRs ?? [] }).map(({ device, host, port }) => ({
    severity: 'Warning',
    reason: 'EgressByPortOnly',
    resource: { kind: 'Device', namespace: shard.namespace, name: device },
    field: 'spec.connection.modbusTcp.host',
    message: `"${host}" is a name of unknown address: collector ${shard.name} may reach every address on port ${port}. Give networkPolicy.egressCIDRs in CollectorClass "${shard.collectorClass}".`,
  }));
}

interface Published {
  readonly plan: Plan;
  readonly before: SiteKnowledge | undefined;
  readonly knowledge: SiteKnowledge;
  readonly gathered: GatheredSite;
}

function publish(key: string, { plan, before, knowledge, gathered }: Published, deps: SiteDeps): void {
  const [model] = plan.siteModels;
  if (model === undefined) {
    deps.knowledge.accepted.delete(key);
    deps.model.remove(gathered.namespace, gathered.name);
    return;
  }
  if (before?.modelRevision !== knowledge.modelRevision || deps.knowledge.accepted.get(key) === undefined) deps.model.publish(model);
}

/** Name the resources whose judgement is not what it was. */
function tellChanges(
  namespace: string,
  { before, after }: { readonly before: SiteKnowledge | undefined; readonly after: SiteKnowledge },
  { onJudged }: SiteDeps,
): void {
  const kinds = [
    ['Device', before?.devices, after.devices],
    ['AlarmRule', before?.rules, after.rules],
    ['Simulation', before?.simulations, after.simulations],
  ] as const;
  for (const [kind, old, present] of kinds) {
    for (const [name, judged] of present) {
      if (JSON.stringify(old?.get(name)) !== JSON.stringify(judged)) onJudged(kind, `${namespace}/${name}`);
    }
  }
}
