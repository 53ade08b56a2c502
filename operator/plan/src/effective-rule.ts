import type { AlarmRule } from '@kubeplant/crds';
import type { EffectiveCondition, EffectiveLimit, EffectiveRule } from '@kubeplant/crds/model';
import { revisionOf } from './canonical-json.ts';
import { defined } from './defined.ts';
import { namespaceOf } from './resource-ref.ts';

type Condition = AlarmRule['spec']['condition'];
type LimitName = 'highHigh' | 'high' | 'low' | 'lowLow';

const LIMITS: readonly LimitName[] = ['highHigh', 'high', 'low', 'lowLow'];

/** A rule with its defaults filled in and its targets. */
export function effectiveRule(rule: AlarmRule, targets: EffectiveRule['targets']): EffectiveRule {
  const { spec } = rule;
  const content = defined({
    namespace: namespaceOf(rule),
    name: rule.metadata.name,
    condition: effectiveCondition(rule),
    priority: spec.priority ?? 'Medium',
    onDelay: spec.onDelay ?? '0s',
    offDelay: spec.offDelay ?? '0s',
    onBadQuality: spec.onBadQuality ?? 'Hold',
    acknowledge: spec.acknowledge ?? 'Required',
    message: spec.message ?? defaultMessage(spec.condition),
    consequence: spec.consequence,
    correctiveAction: spec.correctiveAction,
    responseTime: spec.responseTime,
    rationale: spec.rationale,
    targets,
  });
  return { ...content, uid: rule.metadata.uid ?? '', revision: revisionOf(content) };
}

function effectiveCondition(rule: AlarmRule): EffectiveCondition {
  const { condition } = rule.spec;
  switch (condition.type) {
    case 'Limit':
      return { type: 'Limit', mode: condition.limit?.mode ?? 'Exclusive', limits: effectiveLimits(rule) };
    case 'Discrete':
      return defined({ type: 'Discrete' as const, alarm: condition.discrete?.alarm, normal: condition.discrete?.normal });
    case 'Stale':
      return { type: 'Stale', after: condition.stale?.after ?? '0s' };
    case 'Quality':
      return { type: 'Quality' };
  }
}

function effectiveLimits({ spec }: AlarmRule): Partial<Record<LimitName, EffectiveLimit>> {
  const limits: Partial<Record<LimitName, EffectiveLimit>> = {};
  for (const name of LIMITS) {
    const limit = spec.condition.limit?.[name];
    if (limit === undefined) continue;
    limits[name] = {
      value: limit.value,
      priority: limit.priority ?? spec.priority ?? 'Medium',
      onDelay: limit.onDelay ?? spec.onDelay ?? '0s',
      deadband: limit.deadband ?? spec.deadband ?? 0,
      message: limit.message ?? spec.message ?? limitMessage(name),
    };
  }
  return limits;
}

const limitMessage = (name: LimitName): string =>
  `$(device) $(tag) is $(value) $(unit), ${name === 'high' || name === 'highHigh' ? 'above' : 'below'} $(limit)`;

function defaultMessage(condition: Condition): string {
  if (condition.type === 'Stale') return `$(device) $(tag) has had no reading for ${condition.stale?.after ?? 'some time'}`;
  if (condition.type === 'Quality') return '$(device) $(tag) has bad quality';
  return '$(device) $(tag) is $(value) $(unit)';
}
