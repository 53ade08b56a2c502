import type { Rule } from '@kubeplant/api-client';
import { ListRulesInput, RuleList } from '@kubeplant/api-client/schemas';
import type { EffectiveRule, SiteModel } from '@kubeplant/crds/model';
import { PRIORITIES, type Priority } from '@kubeplant/words';
import { defineAction } from '../action.ts';
import { matches, toList } from '../list.ts';

export const listRules = defineAction({
  name: 'rules.list',
  summary: 'List the alarm rules and what they watch',
  permission: 'read',
  input: ListRulesInput,
  output: RuleList,
  run: async (ctx, input) => {
    const { q, namespace, site, type, device, tag } = input;
    const rows = ctx.plant
      .models(ctx.scope)
      .filter((model) => (namespace ?? model.namespace) === model.namespace && (site ?? model.site) === model.site)
      .flatMap((model) => model.rules.map((rule) => toRuleRow(model, rule)))
      .filter(
        (row) =>
          (type ?? row.type) === row.type &&
          ((device === undefined && tag === undefined) ||
            row.targets.some((target) => (device ?? target.device) === target.device && (tag ?? target.tag) === target.tag)) &&
          matches(q, [row.name, row.message, row.site, row.type, row.consequence]),
      );
    const key = input.sort ?? 'name';
    return toList(rows, input, [
      (row) => (key === 'priority' ? PRIORITIES.indexOf(row.priority) : row[key]),
      (row) => row.namespace,
      (row) => row.name,
    ]);
  },
});

function toRuleRow(model: SiteModel, rule: EffectiveRule): Rule {
  const { name, condition, targets, acknowledge, onDelay, offDelay, onBadQuality, message, revision } = rule;
  const { consequence, correctiveAction, responseTime, rationale } = rule;
  return {
    namespace: model.namespace,
    name,
    site: model.site,
    type: condition.type,
    priority: highestPriority(rule),
    watched: targets.length,
    targets: targets.map(({ device, tag }) => ({ device, tag })),
    condition,
    ...{ acknowledge, onDelay, offDelay, onBadQuality, message, revision },
    ...(consequence === undefined ? {} : { consequence }),
    ...(correctiveAction === undefined ? {} : { correctiveAction }),
    ...(responseTime === undefined ? {} : { responseTime }),
    ...(rationale === undefined ? {} : { rationale }),
  };
}

/** Of a rule with limits the most urgent one's. */
function highestPriority({ condition, priority }: EffectiveRule): Priority {
  if (condition.type !== 'Limit') return priority;
  const ranks = Object.values(condition.limits).map((limit) => PRIORITIES.indexOf(limit.priority));
  return PRIORITIES[Math.max(...ranks)] ?? priority;
}
