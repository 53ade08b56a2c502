import type { AlarmRule } from '@kubeplant/crds';
import type { EffectiveDevice, EffectiveRule, EffectiveTag } from '@kubeplant/crds/model';
import type { FindingSink } from './findings.ts';
import { formatSelector, matchesSelector } from './selector.ts';

/** A tag a rule watches. */
interface Target {
  readonly device: EffectiveDevice;
  readonly tag: EffectiveTag;
}

/** The tags a rule watches, by its selector or its deviceRef and tag, and whether they suit its condition. */
export function resolveTargets(
  rule: AlarmRule,
  devices: ReadonlyMap<string, EffectiveDevice>,
  findings: FindingSink,
): EffectiveRule['targets'] {
  const found = rule.spec.deviceRef === undefined ? bySelector(rule, devices, findings) : byReference(rule, devices, findings);
  const fitting = found.filter((target) => suits(rule, target, findings));
  for (const target of fitting) checkDeadband(rule, target, findings);
  return fitting.map(({ device, tag }) => ({ device: device.name, tag: tag.name }));
}

function bySelector({ spec }: AlarmRule, devices: ReadonlyMap<string, EffectiveDevice>, findings: FindingSink): Target[] {
  const { selector } = spec;
  if (selector === undefined) return [];
  const matching = [...devices.values()].filter((device) => matchesSelector(selector.devices, device.labels));
  const wanted = new Set(selector.tags);
  const targets = matching.flatMap((device) => device.tags.filter((tag) => wanted.has(tag.name)).map((tag) => ({ device, tag })));
  if (targets.length > 0) return targets;
  const what =
    matching.length === 0
      ? `No Device has the labels ${formatSelector(selector.devices)}`
      : `None of the ${matching.length} Devices has a tag ${selector.tags.join(' or ')}`;
  findings.warning(
    'SelectorMatchesNothing',
    'spec.selector',
    `${what}: this rule watches nothing. Correct the selector or add the Device.`,
  );
  return [];
}

function byReference({ spec }: AlarmRule, devices: ReadonlyMap<string, EffectiveDevice>, findings: FindingSink): Target[] {
  const name = spec.deviceRef?.name ?? '';
  const device = devices.get(name);
  if (device === undefined) {
    findings.error(
      'DeviceNotFound',
      'spec.deviceRef.name',
      `Site "${spec.siteRef.name}" has no Device "${name}" that is applied. Correct the name or add the Device.`,
    );
    return [];
  }
  const tag = device.tags.find((item) => item.name === spec.tag);
  if (tag !== undefined) return [{ device, tag }];
  findings.error(
    'TagNotFound',
    'spec.tag',
    `Device "${name}" has no tag "${spec.tag ?? ''}" that is applied. Correct the name or add the tag.`,
  );
  return [];
}

function suits({ spec }: AlarmRule, { device, tag }: Target, findings: FindingSink): boolean {
  if (spec.condition.type === 'Limit' && tag.dataType === 'String') {
    findings.error(
      'TagTypeMismatch',
      'spec.condition.limit',
      `Tag ${device.name}/${tag.name} is text and has no limits; it is left out. Use condition type Discrete.`,
    );
    return false;
  }
  if (spec.condition.type === 'Discrete') checkStates(spec.condition.discrete, { device, tag }, findings);
  return true;
}

function checkStates(discrete: AlarmRule['spec']['condition']['discrete'], { device, tag }: Target, findings: FindingSink): void {
  if (tag.dataType === 'String') return;
  const names = new Set(Object.values(tag.states ?? {}));
  for (const [list, states] of Object.entries(discrete ?? {})) {
    for (const state of states) {
      if (names.has(state) || /^-?[0-9]+(\.[0-9]+)?$/.test(state) || (tag.dataType === 'Boolean' && /^(true|false)$/i.test(state)))
        continue;
      const known = [...names].join(', ') || 'none';
      const message = `Tag ${device.name}/${tag.name} has no state "${state}" (it has ${known}). Correct the name or add it to the states of the tag.`;
      findings.warning('StateUnknown', `spec.condition.discrete.${list}`, message);
    }
  }
}

/** A change smaller than the tag's deadband is not reported: the alarm would stay although the value is back. */
function checkDeadband({ spec }: AlarmRule, { device, tag }: Target, findings: FindingSink): void {
  const reported = absoluteDeadband(tag);
  if (spec.condition.type !== 'Limit' || reported === 0) return;
  for (const name of ['highHigh', 'high', 'low', 'lowLow'] as const) {
    const limit = spec.condition.limit?.[name];
    const declared = limit === undefined ? undefined : (limit.deadband ?? spec.deadband);
    if (declared === undefined || declared >= reported) continue;
    const field = limit?.deadband === undefined ? 'spec.deadband' : `spec.condition.limit.${name}.deadband`;
    const message = `Tag ${device.name}/${tag.name} reports changes of ${reported} and more, the deadband of limit ${name} is ${declared}: the alarm may clear late. Make the tag's deadband ${declared} or less.`;
    findings.warning('DeadbandWiderThanAlarm', field, message);
  }
}

function absoluteDeadband({ deadband, range }: EffectiveTag): number {
  if (deadband.type === 'Absolute') return deadband.value;
  if (deadband.type === 'Percent' && range?.low !== undefined && range.high !== undefined)
    return ((range.high - range.low) * deadband.value) / 100;
  return 0;
}
