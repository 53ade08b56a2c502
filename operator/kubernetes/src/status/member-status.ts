import type { AlarmRule, Simulation } from '@kubeplant/crds';
import { isAvailable } from '../site/availability.ts';
import type { KubeObject } from '../api/kube-object.ts';
import type { RuleKnowledge, SimulationKnowledge } from '../site/knowledge.ts';
import { type Outcome, summarize } from './conditions.ts';
import { suspended } from './suspended.ts';
import type { WantedStatus } from './write-status.ts';

/** Status of an AlarmRule: applied when the api has confirmed a model with it. */
export function ruleStatus(rule: AlarmRule, judged: RuleKnowledge, confirmed: boolean): WantedStatus {
  const outcome: Outcome =
    judged.outcome.kind === 'applied' && !confirmed
      ? { kind: 'waiting', reason: 'ModelNotPublished', message: 'The api has not confirmed the model of the site yet.' }
      : judged.outcome;
  const { reason, message } = judged.outcome;
  return {
    conditions: [
      ...summarize(outcome),
      {
        type: 'Compiled',
        status: judged.compiled ? 'True' : 'False',
        reason: judged.compiled ? 'Compiled' : reason,
        message: judged.compiled ? `Watches ${judged.watched} tags.` : message,
      },
      suspended(rule),
    ],
    fields: { watched: judged.watched },
  };
}

/** Status of a Simulation: applied when its simulator serves. */
export function simulationStatus(simulation: Simulation, judged: SimulationKnowledge, deployment: KubeObject | undefined): WantedStatus {
  const waiting = judged.outcome.kind === 'applied' && judged.simulator !== undefined && !isAvailable(deployment);
  const outcome: Outcome = waiting
    ? {
        kind: 'waiting',
        reason: 'SimulatorNotReady',
        message: `Simulator ${judged.simulator} has no available pod. See: kubectl describe deployment ${judged.simulator}`,
      }
    : judged.outcome;
  return { conditions: [...summarize(outcome), suspended(simulation)] };
}

/** Status of a resource that others refer to: it is accepted as it is. */
export const acceptedStatus: WantedStatus = {
  conditions: summarize({ kind: 'applied', reason: 'Accepted', message: 'Valid. Devices that name it follow its changes.' }),
};
