import type { Condition, Kind } from '@kubeplant/crds';
import type { KubeObject } from '../api/kube-object.ts';
import { OWN_TYPES } from '../api/resource-types.ts';
import type { EventRecorder } from '../runtime/events.ts';
import type { ReconcileResult } from '../runtime/run-controller.ts';
import type { StatusWriter, WantedStatus } from './write-status.ts';

/** What reporting needs. */
export interface ReportDeps {
  readonly writer: StatusWriter;
  readonly events: EventRecorder;
}

/** Write a status, and an Event where Ready changes its reason. */
export async function reportStatus(
  kind: Kind,
  object: KubeObject,
  wanted: WantedStatus,
  { writer, events }: ReportDeps,
): Promise<ReconcileResult> {
  const ready = wanted.conditions.find(({ type }) => type === 'Ready');
  const { conditions } = (object.status ?? {}) as { readonly conditions?: readonly Condition[] }; // the schema of every kind of ours
  const before = conditions?.find(({ type }) => type === 'Ready');
  const result = await writer.write(OWN_TYPES[kind], object, wanted, kind.toLowerCase());
  if (ready !== undefined && ready.reason !== before?.reason && (before !== undefined || ready.status === 'False')) {
    events.record(object, {
      type: ready.status === 'True' ? 'Normal' : 'Warning',
      reason: ready.reason,
      action: 'Reconcile',
      note: ready.message,
    });
  }
  return result;
}
