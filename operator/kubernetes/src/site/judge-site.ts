import type { EffectiveDevice, Finding } from '@kubeplant/crds/model';
import type { Plan } from '@kubeplant/plan';
import type { Outcome } from '../status/conditions.ts';
import { applied, judgeFindings } from '../status/judge-findings.ts';
import { simulatorName } from './build-simulator.ts';
import type { GatheredSite } from './gather-site.ts';
import type { DeviceKnowledge, RuleKnowledge, SimulationKnowledge, SiteKnowledge } from './knowledge.ts';

/** What a site is judged by. */
export interface JudgeInput {
  readonly gathered: GatheredSite;
  readonly plan: Plan;
  /** Shard or Simulation → why it is not applied. */
  readonly blocked: ReadonlyMap<string, Outcome>;
  /** Findings of this host, beside those of the plan. */
  readonly findings: readonly Finding[];
}

/** What the plan, and applying it, mean for each resource of a site. */
export function judgeSite({ gathered, plan, blocked, findings: own }: JudgeInput): SiteKnowledge {
  const { resources } = gathered;
  const findings = Map.groupBy([...plan.findings, ...own], ({ resource }) => `${resource.kind}/${resource.name}`);
  const of = (kind: string, name: string): readonly Finding[] => findings.get(`${kind}/${name}`) ?? [];
  const [model] = plan.siteModels;
  const effective = new Map(model?.devices.map((device) => [device.name, device]));
  const shardOf = new Map(model?.shards.flatMap((shard) => shard.devices.map((device) => [device, shard.name] as const)));
  const configured = new Set(
    plan.shards.flatMap(({ config }) => config.channels.flatMap(({ devices }) => devices.map(({ name }) => name))),
  );
  const rules = new Map(model?.rules.map((rule) => [rule.name, rule]));
  const simulators = new Map(plan.simulators.map((config) => [config.simulation, simulatorName(config)]));
  const generationOf = (object: { readonly metadata: { readonly generation?: number } }): number => object.metadata.generation ?? 0;
  return {
    outcome: blocked.get('') ?? [...blocked.values()][0],
    modelRevision: model?.revision ?? '',
    shards: new Map(plan.shards.map(({ name, config }) => [name, config.revision])),
    draining: new Set(
      plan.shards.filter(({ name }) => model?.shards.find((shard) => shard.name === name)?.devices.length === 0).map(({ name }) => name),
    ),
    devices: new Map(
      resources.devices.map((device) => {
        const { name } = device.metadata;
        const shard = shardOf.get(name);
        const facts = {
          device: effective.get(name),
          shard,
          inConfig: configured.has(name),
          blocked: shard === undefined ? undefined : blocked.get(shard),
          findings: of('Device', name),
        };
        return [name, { generation: generationOf(device), ...judgeDevice(facts) }];
      }),
    ),
    rules: new Map(
      resources.rules.map((rule): [string, RuleKnowledge] => {
        const found = of('AlarmRule', rule.metadata.name);
        const planned = rules.get(rule.metadata.name);
        const problem = judgeFindings(found);
        const watched = planned?.targets.length ?? 0;
        return [
          rule.metadata.name,
          {
            generation: generationOf(rule),
            outcome: problem ?? applied(found, `Watches ${watched} tags.`),
            revision: planned?.revision,
            watched,
            compiled: problem === undefined,
          },
        ];
      }),
    ),
    simulations: new Map(
      resources.simulations.map((simulation): [string, SimulationKnowledge] => {
        const { name } = simulation.metadata;
        const found = of('Simulation', name);
        return [
          name,
          {
            generation: generationOf(simulation),
            outcome: judgeFindings(found) ?? blocked.get(name) ?? applied(found, 'In force.'),
            simulator: simulators.get(name),
          },
        ];
      }),
    ),
  };
}

interface DeviceFacts {
  readonly device: EffectiveDevice | undefined;
  readonly shard: string | undefined;
  readonly inConfig: boolean;
  readonly blocked: Outcome | undefined;
  readonly findings: readonly Finding[];
}

function judgeDevice({ device, shard, inConfig, blocked, findings }: DeviceFacts): Omit<DeviceKnowledge, 'generation'> {
  const calculated = device?.protocol === 'Calculated';
  const facts = { shard, revision: device?.revision, tags: device?.tags.length ?? 0, simulated: device?.simulated === true, calculated };
  const problem = judgeFindings(findings) ?? blocked;
  if (problem !== undefined) return { ...facts, outcome: problem };
  if (device === undefined)
    return {
      ...facts,
      outcome: { kind: 'waiting', reason: 'NotApplied', message: 'Suspended before it was ever applied. Set suspend to false.' },
    };
  if (calculated || inConfig)
    return {
      ...facts,
      outcome: applied(findings, calculated ? `Computes ${facts.tags} tags.` : `Applied to collector ${shard ?? ''}: ${facts.tags} tags.`),
    };
  const message = device.simulated
    ? 'Its simulator is not up yet; the real device is not dialled.'
    : 'Another collector still holds its connection; it moves when that has let go.';
  return { ...facts, outcome: { kind: 'waiting', reason: device.simulated ? 'SimulatorNotReady' : 'ChannelMoving', message } };
}
