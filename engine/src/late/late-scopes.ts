import type { EffectiveDevice, EffectiveRule, SiteModel } from '@kubeplant/crds/model';
import type { AlarmDefinition } from '../alarms/alarm.ts';
import { defineAlarms } from '../alarms/define-alarms.ts';

/** The alarms of one tag that its late readings are held against. */
export interface LateScope {
  readonly device: string;
  readonly tag: string;
  /** A site with this tag alone. */
  readonly model: SiteModel;
  readonly definitions: readonly AlarmDefinition[];
  /** The longest of their delays, a day at most. */
  readonly delayUs: number;
}

/** Tags with alarms that late readings may change. */
export interface LateScopes {
  has(device: string, tag: string): boolean;
  /** Undefined: the tag has none. */
  find(device: string, tag: string): LateScope | undefined;
}

const DAY_US = 86_400_000_000;

/**
 * Limits, states and quality of what is measured. Not staleness and communication, which ran by the owner's clock; nor
 * what is calculated, because nothing is calculated from readings that come late.
 */
export function createLateScopes(model: SiteModel): LateScopes {
  const devices = new Map(model.devices.filter(isMeasured).map((device) => [device.name, device]));
  const rules = new Map<string, Map<string, EffectiveRule[]>>();
  for (const rule of model.rules) {
    if (rule.condition.type === 'Stale') continue;
    for (const { device, tag } of rule.targets) {
      if (!devices.has(device)) continue;
      const ofDevice = rules.get(device) ?? new Map<string, EffectiveRule[]>();
      rules.set(device, ofDevice.set(tag, [...(ofDevice.get(tag) ?? []), rule]));
    }
  }
  return {
    has: (device, tag) => rules.get(device)?.has(tag) === true,
    find: (device, tag) => {
      const found = devices.get(device);
      const ofTag = rules.get(device)?.get(tag);
      return found === undefined || ofTag === undefined ? undefined : toScope(model, found, tag, ofTag);
    },
  };
}

const isMeasured = ({ mode, protocol }: EffectiveDevice): boolean => mode === 'Active' && protocol !== 'Calculated';

function toScope(model: SiteModel, device: EffectiveDevice, tag: string, rules: readonly EffectiveRule[]): LateScope | undefined {
  const alone: SiteModel = {
    ...model,
    devices: [{ ...device, tags: device.tags.filter(({ name }) => name === tag) }],
    rules: rules.map((rule) => ({ ...rule, targets: [{ device: device.name, tag }] })),
  };
  const definitions = defineAlarms(alone).filter((definition) => definition.tag === tag);
  if (definitions.length === 0) return undefined;
  const longestUs = Math.max(...definitions.map(({ onDelayUs, offDelayUs }) => Math.max(onDelayUs, offDelayUs)));
  return { device: device.name, tag, model: alone, definitions, delayUs: Math.min(longestUs, DAY_US) };
}
