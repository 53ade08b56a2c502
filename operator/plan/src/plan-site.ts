import type { AlarmRule, Device, DeviceProfile, Simulation, Site } from '@kubeplant/crds';
import type { EffectiveDevice, EffectiveRule, Finding, SimulatorConfig, SiteModel } from '@kubeplant/crds/model';
import { applyDevice } from './apply-device.ts';
import { assignChannels } from './assign.ts';
import { checkCalculated } from './calculated.ts';
import { buildChannels, type Channel } from './channels.ts';
import { type ClassLimits, classNameOf } from './classes.ts';
import { effectiveRule } from './effective-rule.ts';
import { findingsOf, sortFindings } from './findings.ts';
import { frozenRule } from './freeze.ts';
import type { MergedDevice } from './merge-device.ts';
import { asSimulated } from './merge-device.ts';
import { namespaceOf, refOf } from './resource-ref.ts';
import { resolveTargets } from './rule-targets.ts';
import { bufferingOf } from './buffering.ts';
import { buildShards } from './shards.ts';
import { overlaySimulations } from './simulations.ts';
import { buildSiteModel } from './site-model.ts';
import { undrainedShards } from './undrained-shards.ts';
import { effectiveTimeZone } from './time-zone.ts';
import type { PlanInput, PlannedShard, PreviousPlan } from './types.ts';

/** The resources of one site, each in order of name. */
export interface SiteResources {
  readonly site: Site;
  readonly devices: readonly Device[];
  readonly profiles: readonly DeviceProfile[];
  readonly rules: readonly AlarmRule[];
  readonly simulations: readonly Simulation[];
}

/** What is made of one site. */
export interface SitePlan {
  readonly model: SiteModel;
  readonly shards: readonly PlannedShard[];
  readonly simulators: readonly SimulatorConfig[];
  readonly assigned: readonly { readonly shard: string; readonly channels: readonly string[] }[];
}

/** What all sites share. */
export interface SiteContext {
  readonly input: PlanInput;
  readonly classes: ReadonlyMap<string, ClassLimits>;
  readonly merge: (device: Device, profile: DeviceProfile | undefined) => MergedDevice;
  /** Findings of all sites; this site's are added. */
  readonly findings: Finding[];
}

/** Plan one site that is not suspended. */
export function planSite(resources: SiteResources, { input, classes, merge, findings: all }: SiteContext): SitePlan {
  const { site } = resources;
  const { host, previous } = input;
  const namespace = namespaceOf(site);
  const tenant = `${host.cluster}/${namespace}`;
  const findings: Finding[] = [];
  const timezone = effectiveTimeZone(site.spec.timezone, findingsOf(refOf(site), findings));
  const applied = applyDevices(resources, { classes, merge, findings, previous });
  const channels = buildChannels(connected(resources.devices, applied), findings);
  const overlay = overlaySimulations({
    site,
    tenant,
    simulations: resources.simulations,
    channels,
    devices: applied,
    host,
    previous,
    findings,
  });
  const real = new Map(applied);
  for (const { key, config } of channels)
    if (overlay.channels.has(key)) for (const device of config.devices) real.set(device.name, asSimulated(device));
  const devices = checkCalculated(real, findings);
  const rules = planRules(resources.rules, devices, { previous, findings });
  const rebalance = site.metadata.annotations?.['kubeplant.io/rebalance'] !== undefined;
  const assigned = assignChannels(channels, { namespace, site: site.metadata.name, assignment: input.assignment, classes, rebalance });
  assigned.push(...undrainedShards(assigned, { namespace, site: site.metadata.name, undrained: input.undrained }));
  warnOfLargeChannels(channels, classes, findings);
  const shards = buildShards(assigned, {
    site: site.metadata.name,
    namespace,
    tenant,
    overlay: overlay.channels,
    input,
    classes,
    buffering: bufferingOf(site),
  });
  const sorted = sortFindings(findings);
  all.push(...sorted);
  const model = buildSiteModel({
    site,
    cluster: host.cluster,
    tenant,
    timezone,
    simulations: overlay.names,
    devices: [...devices.values()],
    rules,
    shards: assigned.map((shard) => ({
      name: shard.name,
      collectorClass: shard.collectorClass,
      protocol: 'ModbusTcp',
      devices: shard.channels.flatMap(({ config }) => config.devices.map((device) => device.name)),
      tokenHashes: host.tokenHashes(tenant, site.metadata.name, shard.name),
    })),
    resources: [site, ...resources.devices, ...resources.profiles, ...resources.rules, ...resources.simulations],
    findings: sorted,
  });
  return {
    model,
    shards,
    simulators: overlay.simulators,
    assigned: assigned.map(({ name, channels: own }) => ({ shard: `${namespace}/${name}`, channels: own.map(({ key }) => key) })),
  };
}

type Shared = Pick<SiteContext, 'classes' | 'merge' | 'findings'> & { readonly previous: PreviousPlan | undefined };

function applyDevices({ site, devices, profiles }: SiteResources, shared: Shared): Map<string, EffectiveDevice> {
  const byName = new Map(profiles.map((profile) => [profile.metadata.name, profile]));
  const areas = new Set((site.spec.areas ?? []).map(({ path }) => path));
  const applied = new Map<string, EffectiveDevice>();
  for (const device of devices) {
    const effective = applyDevice(device, { ...shared, profiles: byName, areas, site: site.metadata.name });
    if (effective !== undefined) applied.set(device.metadata.name, effective);
  }
  return applied;
}

function connected(devices: readonly Device[], applied: ReadonlyMap<string, EffectiveDevice>) {
  return devices.flatMap((declared) => {
    const device = applied.get(declared.metadata.name);
    return device?.modbusTcp === undefined ? [] : [{ device, collectorClass: classNameOf(declared) }];
  });
}

function planRules(
  rules: readonly AlarmRule[],
  devices: ReadonlyMap<string, EffectiveDevice>,
  { previous, findings }: Pick<Shared, 'previous' | 'findings'>,
): EffectiveRule[] {
  return rules.flatMap((rule) => {
    if (rule.spec.suspend === true) return frozenRule(previous, namespaceOf(rule), rule.metadata.name) ?? [];
    return [effectiveRule(rule, resolveTargets(rule, devices, findingsOf(refOf(rule), findings)))];
  });
}

function warnOfLargeChannels(channels: readonly Channel[], classes: ReadonlyMap<string, ClassLimits>, findings: Finding[]): void {
  for (const { key, collectorClass, config } of channels) {
    const limits = classes.get(collectorClass);
    const [first] = config.devices;
    if (limits === undefined || first === undefined) continue;
    const tags = config.devices.reduce((sum, device) => sum + device.tags.length, 0);
    if (config.devices.length <= limits.maxDevices && tags <= limits.maxTags) continue;
    const message = `Channel ${key} has ${config.devices.length} Devices and ${tags} tags, class "${limits.name}" allows ${limits.maxDevices} and ${limits.maxTags} a collector. A channel is never split: it has a collector for itself. Raise the limits or use several gateways.`;
    findingsOf({ kind: 'Device', namespace: first.namespace, name: first.name }, findings).warning(
      'ChannelExceedsClass',
      'spec.connection',
      message,
    );
  }
}
