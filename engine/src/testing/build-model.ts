import type { EffectiveCondition, EffectiveDevice, EffectiveLimit, EffectiveRule, EffectiveTag, SiteModel } from '@kubeplant/crds/model';

/** A tag for tests. */
export function buildTag(name: string, more: Partial<EffectiveTag> = {}): EffectiveTag {
  const deadband = { type: 'None', value: 0 } as const;
  return { name, kind: 'Analog', dataType: 'Float64', samplingInterval: '1s', staleAfter: '5s', deadband, ...more };
}

/** A device for tests; its communication alarm is off unless given. */
export function buildDevice(name: string, tags: readonly EffectiveTag[], more: Partial<EffectiveDevice> = {}): EffectiveDevice {
  return {
    ...{
      namespace: 'default',
      name,
      uid: `uid-${name}`,
      revision: '1',
      labels: {},
      mode: 'Active',
      protocol: 'ModbusTcp',
      simulated: false,
      tags,
    },
    communicationAlarm: { priority: 'None', onDelay: '0s' },
    ...more,
  };
}

/** A limit for tests. */
export function buildLimit(value: number, more: Partial<EffectiveLimit> = {}): EffectiveLimit {
  return { value, priority: 'High', onDelay: '0s', deadband: 0, message: '$(device) $(tag) is $(value) $(unit), limit $(limit)', ...more };
}

/** A rule for tests. */
export function buildRule(
  name: string,
  condition: EffectiveCondition,
  targets: readonly string[],
  more: Partial<EffectiveRule> = {},
): EffectiveRule {
  return {
    ...{ namespace: 'default', name, uid: `uid-${name}`, revision: '1', condition, priority: 'High', onDelay: '0s', offDelay: '0s' },
    ...{ onBadQuality: 'Hold', acknowledge: 'Required', message: '$(device) $(tag) $(value)' },
    targets: targets.map((target) => ({ device: target.split('/')[0] ?? '', tag: target.split('/')[1] ?? '' })),
    ...more,
  };
}

/** A site for tests. */
export function buildModel(devices: readonly EffectiveDevice[], rules: readonly EffectiveRule[] = [], revision = 'r1'): SiteModel {
  return {
    ...{ formatVersion: 2, cluster: 'local', namespace: 'default', tenant: 'local/default', site: 'plant', revision, displayName: 'Plant' },
    ...{
      timezone: 'UTC',
      dayStart: '00:00',
      historian: { class: 'standard', eventRetention: '5y' },
      areas: [],
      simulations: [],
      shards: [],
      resources: [],
      findings: [],
      devices,
      rules,
    },
  };
}
