import type { Device } from '@kubeplant/crds';
import { isAvailable } from '../site/availability.ts';
import type { DeviceKnowledge, DeviceReport } from '../site/knowledge.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { type Outcome, summarize, type WantedCondition } from './conditions.ts';
import type { Damped } from './damper.ts';
import { suspended } from './suspended.ts';
import type { WantedStatus } from './write-status.ts';

/** What the status of a Device is made from. */
export interface DeviceFacts {
  readonly device: Device;
  readonly judged: DeviceKnowledge;
  /** A calculated Device: the api has confirmed a model with it. */
  readonly confirmed: boolean;
  /** StatefulSet of its collector. */
  readonly collector: KubeObject | undefined;
  readonly report: DeviceReport | undefined;
  /** True: no report yet, but what the status says may still hold. */
  readonly inGrace: boolean;
  readonly connected: Damped | undefined;
  readonly dataFlowing: Damped | undefined;
}

const MAX_REJECTED = 20;

/** Ready: what is declared is applied. Connected and DataFlowing: whether the field answers. */
export function deviceStatus(facts: DeviceFacts): WantedStatus {
  const { device, judged, report, inGrace } = facts;
  const rejected = report?.rejected.slice(0, MAX_REJECTED).map(({ tag, reason }) => ({ name: tag, reason: reason.slice(0, 1024) }));
  return {
    conditions: [
      ...summarize(outcomeOf(facts)),
      ...(judged.calculated
        ? []
        : [
            collectorCondition(facts),
            fieldCondition('Connected', facts.connected, facts),
            fieldCondition('DataFlowing', facts.dataFlowing, facts),
          ]),
      simulatedCondition(judged),
      suspended(device),
    ],
    fields: {
      ...(report === undefined && inGrace && kept(device)),
      tags: judged.tags,
      ...(judged.shard !== undefined && { collector: judged.shard }),
      ...(report !== undefined && { badTags: report.badTags }),
      ...(rejected !== undefined && rejected.length > 0 && { rejectedTags: rejected }),
    },
  };
}

/** Figures of the last report, before the next one is heard. */
function kept({ status }: Device): Readonly<Record<string, unknown>> {
  const { badTags, rejectedTags } = status ?? {};
  return { ...(badTags !== undefined && { badTags }), ...(rejectedTags !== undefined && { rejectedTags }) };
}

function outcomeOf({ judged, confirmed }: DeviceFacts): Outcome {
  if (!judged.calculated || judged.outcome.kind !== 'applied' || confirmed) return judged.outcome;
  return { kind: 'waiting', reason: 'ModelNotPublished', message: 'The api has not confirmed the model of the site yet.' };
}

function collectorCondition({ judged, collector, device }: DeviceFacts): WantedCondition {
  const type = 'CollectorAvailable';
  if (device.spec.mode === 'Disabled' && judged.shard === undefined)
    return { type, status: 'Unknown', reason: 'Disabled', message: 'The Device is disabled.' };
  if (judged.shard === undefined)
    return { type, status: 'False', reason: 'NotAssigned', message: 'The Device is not applied, so no collector holds it.' };
  if (isAvailable(collector)) return { type, status: 'True', reason: 'Available', message: `Collector ${judged.shard} runs.` };
  return {
    type,
    status: 'False',
    reason: 'NotAvailable',
    message: `Collector ${judged.shard} has no available pod. See: kubectl describe statefulset ${judged.shard}`,
  };
}

function fieldCondition(
  type: 'Connected' | 'DataFlowing',
  damped: Damped | undefined,
  { device, report, inGrace }: DeviceFacts,
): WantedCondition {
  if (device.spec.mode === 'Disabled')
    return { type, status: 'False', reason: 'Disabled', message: 'The Device is disabled: no connection is made.' };
  const present = device.status?.conditions?.find((item) => item.type === type);
  if (report === undefined && inGrace && present !== undefined) return present;
  if (damped === undefined || report === undefined)
    return { type, status: 'Unknown', reason: 'NotReported', message: 'Its collector has not reported yet.' };
  const status = damped.shown ? 'True' : 'False';
  if (damped.flapping) return { type, status, reason: 'Flapping', message: `More than 6 changes within an hour. Last: ${report.message}` };
  const good = type === 'Connected' ? 'Connected' : 'Flowing';
  const raw = type === 'Connected' ? report.connected : report.dataFlowing;
  // While a change waits to be shown, the reason stays that of what is shown.
  if (damped.shown) return { type, status, reason: good, message: type === 'Connected' ? 'The device answers.' : 'Readings arrive.' };
  return {
    type,
    status,
    reason: raw ? 'Recovering' : toReason(report.reason),
    message: raw ? 'It answers again; shown when that has lasted 30 s.' : report.message,
  };
}

/** Reasons of collectors are constants; what is none becomes `Bad`. */
const toReason = (text: string): string => (/^[A-Z][A-Za-z0-9]{0,99}$/.test(text) && text !== 'Connected' ? text : 'Bad');

const simulatedCondition = ({ simulated }: DeviceKnowledge): WantedCondition => ({
  type: 'Simulated',
  status: simulated ? 'True' : 'False',
  reason: 'SimulationInForce',
  message: 'A Simulation is in force: the readings are not the plant’s.',
});
