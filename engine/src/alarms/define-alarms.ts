import type { EffectiveDevice, EffectiveLimit, EffectiveRule, EffectiveTag, SiteModel } from '@kubeplant/crds/model';
import { durationMs, type LimitName, PRIORITIES } from '@kubeplant/words';
import type { AlarmDefinition, AlarmTest } from './alarm.ts';
import { alarmId } from './alarm-id.ts';
import { formatNumber } from './format-message.ts';
import { matchStates } from './match-states.ts';

/** Limits in the order they are evaluated: the outer one first. */
const LIMITS = ['highHigh', 'high', 'lowLow', 'low'] as const;
type Limit = (typeof LIMITS)[number];
const OUTER: Readonly<Record<Limit, Limit | undefined>> = { highHigh: undefined, high: 'highHigh', lowLow: undefined, low: 'lowLow' };

/** Every alarm of a site. A device out of operation, a missing target and a text under a limit have none. */
export function defineAlarms(model: SiteModel): AlarmDefinition[] {
  const devices = new Map(model.devices.filter((device) => device.mode === 'Active').map((device) => [device.name, device]));
  const tags = new Map([...devices.values()].map((device) => [device.name, new Map(device.tags.map((tag) => [tag.name, tag]))]));
  const definitions = [...devices.values()].flatMap(communicationAlarm);
  for (const declared of model.rules) {
    const rule = prepareRule(declared);
    for (const target of declared.targets) {
      const device = devices.get(target.device);
      const tag = tags.get(target.device)?.get(target.tag);
      if (device !== undefined && tag !== undefined) definitions.push(...alarmsOfRule(rule, device, tag));
    }
  }
  return definitions;
}

/** Built in: one per connected device, unless its priority is None. */
function communicationAlarm(device: EffectiveDevice): AlarmDefinition[] {
  const { priority, onDelay } = device.communicationAlarm;
  if (priority === 'None' || device.protocol === 'Calculated') return [];
  const ruleUid = device.uid;
  return [
    {
      id: alarmId(ruleUid, device.name, '', 'communication'),
      ...{ ruleUid, rule: '', device: device.name, tag: '', limit: 'communication', priority },
      ...{ onDelayUs: durationUs(onDelay), offDelayUs: 0, acknowledge: 'Required', message: '$(device) does not communicate' },
      ...{ unit: '', limitText: '', states: {}, simulated: device.simulated, test: { kind: 'Communication' } },
    },
  ];
}

const durationUs = (text: string): number => durationMs(text) * 1000;

/** What the alarms of a rule have in common for all targets: worked out once, a rule may watch thousands. */
interface PreparedAlarm {
  readonly limit: LimitName;
  readonly outer: LimitName | undefined;
  readonly priority: AlarmDefinition['priority'];
  readonly onDelayUs: number;
  readonly message: string;
  readonly limitText: string;
  readonly testFor: (tag: EffectiveTag) => AlarmTest;
}

interface PreparedRule {
  readonly rule: EffectiveRule;
  readonly offDelayUs: number;
  readonly alarms: readonly PreparedAlarm[];
}

function prepareRule(rule: EffectiveRule): PreparedRule {
  const { condition, priority, onDelay, message } = rule;
  const offDelayUs = durationUs(rule.offDelay);
  if (condition.type === 'Limit') return { rule, offDelayUs, alarms: prepareLimits(rule, condition) };
  const common = { limit: 'condition', outer: undefined, priority, onDelayUs: durationUs(onDelay), message, limitText: '' } as const;
  return { rule, offDelayUs, alarms: [{ ...common, testFor: testOf(rule, condition) }] };
}

function alarmsOfRule({ rule, offDelayUs, alarms }: PreparedRule, device: EffectiveDevice, tag: EffectiveTag): AlarmDefinition[] {
  if (rule.condition.type === 'Limit' && tag.dataType === 'String') return [];
  return alarms.map(({ limit, outer, priority, onDelayUs, message, limitText, testFor }) => ({
    id: alarmId(rule.uid, device.name, tag.name, limit),
    ruleUid: rule.uid,
    rule: rule.name,
    device: device.name,
    tag: tag.name,
    limit,
    priority,
    onDelayUs,
    offDelayUs,
    acknowledge: rule.acknowledge,
    message,
    unit: tag.unit ?? '',
    limitText,
    states: tag.states ?? {},
    simulated: device.simulated,
    test: testFor(tag),
    outer,
  }));
}

type Condition = EffectiveRule['condition'];

function testOf(rule: EffectiveRule, condition: Exclude<Condition, { type: 'Limit' }>): (tag: EffectiveTag) => AlarmTest {
  if (condition.type === 'Discrete') {
    const raisesOnBad = rule.onBadQuality === 'Alarm';
    return (tag) => ({ kind: 'Discrete', alarms: matchStates(condition, tag), raisesOnBad });
  }
  const test: AlarmTest = condition.type === 'Quality' ? { kind: 'Quality' } : { kind: 'Stale', afterUs: durationUs(condition.after) };
  return () => test;
}

function prepareLimits(rule: EffectiveRule, condition: Extract<Condition, { type: 'Limit' }>): PreparedAlarm[] {
  const present = LIMITS.filter((name) => condition.limits[name] !== undefined);
  const onBad = rule.onBadQuality === 'Alarm' ? mostUrgent(condition, present) : undefined;
  return present.flatMap((name) => {
    const limit = condition.limits[name];
    if (limit === undefined) return [];
    const { priority, message, value } = limit;
    const outer = condition.mode === 'Exclusive' ? present.find((other) => other === OUTER[name]) : undefined;
    const test = limitTest(limit, name === 'high' || name === 'highHigh', name === onBad);
    return {
      limit: name,
      outer,
      priority,
      onDelayUs: durationUs(limit.onDelay),
      message,
      limitText: formatNumber(value),
      testFor: () => test,
    };
  });
}

/** Of several limits only one tells of a bad value: the first of the highest priority. */
function mostUrgent(condition: Extract<Condition, { type: 'Limit' }>, present: readonly Limit[]): Limit | undefined {
  const rank = (name: Limit): number => PRIORITIES.indexOf(condition.limits[name]?.priority ?? 'Journal');
  return present.toSorted((a, b) => rank(b) - rank(a))[0];
}

/** Beyond the limit raises; back by the deadband (at the limit itself without one) clears. */
function limitTest({ value, deadband }: EffectiveLimit, high: boolean, raisesOnBad: boolean): AlarmTest {
  const width = Math.abs(deadband);
  return { kind: 'Limit', high, raiseAt: value, clearAt: high ? value - width : value + width, raisesOnBad };
}
