import type { AlarmRule, Device, DeviceProfile, Simulation } from '@kubeplant/crds';
import type { Finding } from '@kubeplant/crds/model';
import { compareText } from './canonical-json.ts';
import { classLimits } from './classes.ts';
import { findingsOf, sortFindings } from './findings.ts';
import { type MergedDevice, mergeDevice } from './merge-device.ts';
import { type SitePlan, planSite, type SiteResources } from './plan-site.ts';
import { keyOf, namespaceOf, refOf } from './resource-ref.ts';
import { shardPrefix } from './shard-name.ts';
import type { Plan, PlanInput } from './types.ts';

/** What the resources mean: configuration per shard, a model per site, and findings. Pure; the order of the output is fixed. */
export const plan = (input: PlanInput): Plan => createPlanner()(input);

/** A `plan` that remembers the merge of a Device for as long as it and its profile are the same objects. */
export function createPlanner(): (input: PlanInput) => Plan {
  const memo = new WeakMap<Device, { readonly profile: DeviceProfile | undefined; readonly merged: MergedDevice }>();
  const merge = (device: Device, profile: DeviceProfile | undefined): MergedDevice => {
    const known = memo.get(device);
    if (known !== undefined && known.profile === profile) return known.merged;
    const merged = mergeDevice(device, profile);
    memo.set(device, { profile, merged });
    return merged;
  };
  return (input) => planAll(input, merge);
}

function planAll(input: PlanInput, merge: (device: Device, profile: DeviceProfile | undefined) => MergedDevice): Plan {
  const { resources } = input;
  const orphans: Finding[] = [];
  const findings: Finding[] = [];
  const classes = classLimits(resources.classes);
  const members = {
    devices: bySite(resources.devices),
    rules: bySite(resources.rules),
    simulations: bySite(resources.simulations),
    profiles: Map.groupBy([...resources.profiles].sort(byName), namespaceOf),
  };
  const sites = [...resources.sites].sort((a, b) => compareText(keyOf(a), keyOf(b)));
  const kept: SuspendedSite[] = [];
  const plans: SitePlan[] = [];
  for (const site of sites) {
    const key = keyOf(site);
    if (site.spec.suspend === true) {
      kept.push({ namespace: namespaceOf(site), site: site.metadata.name });
      continue;
    }
    const own: SiteResources = {
      site,
      devices: members.devices.get(key) ?? [],
      profiles: members.profiles.get(namespaceOf(site)) ?? [],
      rules: members.rules.get(key) ?? [],
      simulations: members.simulations.get(key) ?? [],
    };
    plans.push(planSite(own, { input, classes, merge, findings }));
  }
  const known = new Set(sites.map(keyOf));
  for (const resource of [...resources.devices, ...resources.rules, ...resources.simulations]) reportMissingSite(resource, known, orphans);
  return collect(input, { plans, kept, findings: sortFindings([...orphans, ...findings]) });
}

interface SuspendedSite {
  readonly namespace: string;
  readonly site: string;
}

interface Collected {
  readonly plans: readonly SitePlan[];
  readonly kept: readonly SuspendedSite[];
  readonly findings: readonly Finding[];
}

/** Suspended sites stay as they were in the previous plan; so does what is assigned to their shards. */
function collect({ previous, assignment, resources }: PlanInput, { plans, kept, findings }: Collected): Plan {
  const isKept = (item: { readonly namespace: string; readonly site: string }): boolean =>
    kept.some(({ namespace, site }) => namespace === item.namespace && site === item.site);
  const result: Record<string, readonly string[]> = {};
  for (const [shard, channels] of Object.entries(assignment)) if (belongsTo(shard, kept, resources)) result[shard] = channels;
  for (const { assigned } of plans) for (const { shard, channels } of assigned) result[shard] = channels;
  const order = (a: { readonly namespace: string; readonly site: string }, b: typeof a): number =>
    compareText(`${a.namespace}/${a.site}`, `${b.namespace}/${b.site}`);
  return {
    siteModels: [...(previous?.siteModels.filter(isKept) ?? []), ...plans.map(({ model }) => model)].sort(order),
    shards: [...(previous?.shards.filter(isKept) ?? []), ...plans.flatMap(({ shards }) => shards)].sort(
      (a, b) => order(a, b) || compareText(a.name, b.name),
    ),
    simulators: [...(previous?.simulators.filter(isKept) ?? []), ...plans.flatMap(({ simulators }) => simulators)].sort(order),
    assignment: Object.fromEntries(Object.entries(result).sort(([a], [b]) => compareText(a, b))),
    findings,
  };
}

function belongsTo(shard: string, kept: readonly SuspendedSite[], { classes }: PlanInput['resources']): boolean {
  const names = [...classLimits(classes).keys()];
  return kept.some(({ namespace, site }) =>
    names.some((collectorClass) => shard.startsWith(`${namespace}/${shardPrefix({ site, collectorClass, protocol: 'ModbusTcp' })}-`)),
  );
}

type Member = Device | AlarmRule | Simulation;

const byName = (a: { readonly metadata: { readonly name: string } }, b: typeof a): number => compareText(a.metadata.name, b.metadata.name);

/** Members of each site (`namespace/name`), in order of name. */
function bySite<T extends Member>(members: readonly T[]): Map<string, T[]> {
  return Map.groupBy([...members].sort(byName), (member) => `${namespaceOf(member)}/${member.spec.siteRef.name}`);
}

function reportMissingSite(member: Member, known: ReadonlySet<string>, findings: Finding[]): void {
  const { name } = member.spec.siteRef;
  if (known.has(`${namespaceOf(member)}/${name}`)) return;
  const message = `There is no Site "${name}" in namespace "${namespaceOf(member)}". Correct the name or create it.`;
  findingsOf(refOf(member), findings).error('SiteNotFound', 'spec.siteRef.name', message);
}
