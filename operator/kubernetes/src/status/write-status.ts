import { isDeepStrictEqual } from 'node:util';
import type { Condition } from '@kubeplant/crds';
import { isApiError } from '../api/api-error.ts';
import { apiVersionOf, type KubeObject, pathOf, type ResourceType } from '../api/kube-object.ts';
import type { Transport } from '../api/transport.ts';
import type { OperatorMetrics } from '../runtime/metrics.ts';
import { mergeConditions, type WantedCondition } from './conditions.ts';
import { createGate, createPacer } from './rate-limit.ts';

/** A status as a controller wants it. */
export interface WantedStatus {
  readonly conditions: readonly WantedCondition[];
  /** Counts and lists beside the conditions. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/** Writes statuses, sparingly. */
export interface StatusWriter {
  /** Resolves with the time after which to come back, where a change of counts alone has to wait for its minute. */
  write(type: ResourceType, object: KubeObject, wanted: WantedStatus, controller: string): Promise<{ readonly requeueAfterMs?: number }>;
  forget(uid: string): void;
}

/** What a status writer needs. */
export interface StatusDeps {
  readonly transport: Transport;
  readonly metrics: OperatorMetrics;
  readonly now: () => Date;
}

const IN_FLIGHT = 4;
const PER_SECOND = 10;
/** Counts alone are written at most this often an object. */
const COUNTS_MS = 60_000;

/** At most 4 writes in flight; those that do not flip Ready share 10 a second; equal ones are left out. */
export function createStatusWriter({ transport, metrics, now }: StatusDeps): StatusWriter {
  const gate = createGate(IN_FLIGHT);
  const pacer = createPacer(PER_SECOND);
  const countsAtMs = new Map<string, number>();
  return {
    write: async (type, object, wanted, controller) => {
      const uid = object.metadata.uid ?? '';
      const present = statusOf(object);
      const generation = object.metadata.generation ?? 0;
      const conditions = mergeConditions(present.conditions ?? [], wanted.conditions, { generation, now: now() });
      const status = { observedGeneration: generation, conditions, ...wanted.fields };
      const change = compare(present, status);
      if (change === 'none') return {};
      const waitMs = (countsAtMs.get(uid) ?? Number.NEGATIVE_INFINITY) + COUNTS_MS - performance.now();
      if (change === 'counts' && waitMs > 0) return { requeueAfterMs: waitMs };
      if (change !== 'ready') await pacer.turn();
      await gate.run(() => apply(transport, { type, object, status, controller }));
      countsAtMs.set(uid, performance.now());
      metrics.written(controller, 'status');
      return {};
    },
    forget: (uid) => void countsAtMs.delete(uid),
  };
}

interface Status {
  readonly observedGeneration?: number;
  readonly conditions?: readonly Condition[];
  readonly [field: string]: unknown;
}

const statusOf = (object: KubeObject): Status => (object.status ?? {}) as Status; // the schema of every kind of ours

/** What kind of change it is: of Ready (or of the generation judged), of another condition, or of counts alone. */
function compare(present: Status, wanted: Status): 'none' | 'ready' | 'conditions' | 'counts' {
  const readyOf = ({ conditions }: Status) => conditions?.find(({ type }) => type === 'Ready')?.status;
  if (readyOf(present) !== readyOf(wanted) || present.observedGeneration !== wanted.observedGeneration) return 'ready';
  if (!isDeepStrictEqual(present.conditions ?? [], wanted.conditions ?? [])) return 'conditions';
  return isDeepStrictEqual({ ...present }, { ...wanted }) ? 'none' : 'counts';
}

interface Write {
  readonly type: ResourceType;
  readonly object: KubeObject;
  readonly status: Status;
  readonly controller: string;
}

async function apply(transport: Transport, { type, object, status, controller }: Write): Promise<void> {
  const { name, namespace, uid } = object.metadata;
  const path = pathOf(type, { name, ...(namespace !== undefined && { namespace }), subresource: 'status' });
  const body = { apiVersion: apiVersionOf(type), kind: type.kind, metadata: { name, namespace, uid }, status };
  try {
    await transport.request('PATCH', path, {
      body,
      contentType: 'application/apply-patch+yaml',
      query: { fieldManager: `kubeplant-operator/${controller}`, force: true },
    });
  } catch (error) {
    // Deleted, or deleted and created anew, meanwhile: the new one has its own turn.
    if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) throw error;
  }
}
