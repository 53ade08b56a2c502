import type { CollectorClass } from '@kubeplant/crds';
import type { Finding } from '@kubeplant/crds/model';
import type { PlannedShard } from '@kubeplant/plan';
import type { KubeObject } from '../api/kube-object.ts';
import { BUFFER_VOLUME } from './build-stateful-set.ts';

type Spec = NonNullable<CollectorClass['spec']>;

interface StatefulSetSpec {
  readonly replicas?: number;
  readonly podManagementPolicy?: string;
  readonly volumeClaimTemplates?: readonly {
    readonly spec: { readonly storageClassName?: string; readonly resources?: { readonly requests?: { readonly storage?: string } } };
  }[];
}

const specOf = (statefulSet: KubeObject): StatefulSetSpec => (statefulSet.spec ?? {}) as StatefulSetSpec; // the schema of the kind

/** The volume a StatefulSet was made with; undefined: none. Kubernetes cannot change it. */
export function bufferOf(statefulSet: KubeObject | undefined): Spec['buffer'] {
  const claim = statefulSet === undefined ? undefined : specOf(statefulSet).volumeClaimTemplates?.[0]?.spec;
  if (claim === undefined) return undefined;
  const { storageClassName, resources } = claim;
  return { size: resources?.requests?.storage ?? '', ...(storageClassName !== undefined && { storageClassName }) };
}

/** The class as this StatefulSet can have it: a volume stays as it was made, with what is on it. */
export const keepBuffer = (spec: Spec | undefined, present: KubeObject | undefined): Spec | undefined => {
  const buffer = bufferOf(present);
  return buffer === undefined ? spec : { ...spec, buffer };
};

/** True when only a new StatefulSet can be what is wanted. Its pods stay: the new one takes them over and replaces them. */
export function mustRecreate(present: KubeObject | undefined, wanted: KubeObject): boolean {
  if (present === undefined) return false;
  const [before, after] = [specOf(present), specOf(wanted)];
  return before.podManagementPolicy !== after.podManagementPolicy || (bufferOf(present) === undefined && bufferOf(wanted) !== undefined);
}

/** Names of the claims of a StatefulSet. */
export const claimsOf = (statefulSet: KubeObject): string[] =>
  bufferOf(statefulSet) === undefined ? [] : [0, 1].map((ordinal) => `${BUFFER_VOLUME}-${statefulSet.metadata.name}-${ordinal}`); // at most two collectors

/** What is declared for volumes and cannot be applied to those that are there, told to the Devices behind them. */
export function warnOfKeptBuffers(shard: PlannedShard, spec: Spec | undefined, present: KubeObject | undefined): Finding[] {
  const kept = bufferOf(present);
  if (kept === undefined || JSON.stringify(kept) === JSON.stringify(spec?.buffer)) return [];
  const message = `The volume of collector ${shard.name} stays as it was made (${kept.size}): Kubernetes cannot change it. To have it made anew: kubectl delete statefulset ${shard.name} -n ${shard.namespace}, then its claims ${BUFFER_VOLUME}-${shard.name}-*, once its readings are committed.`;
  return shard.config.channels
    .flatMap(({ devices }) => devices)
    .map(({ name }) => ({
      severity: 'Warning' as const,
      reason: 'BufferKept',
      resource: { kind: 'Device', namespace: shard.namespace, name },
      field: 'spec.collectorClassRef',
      message,
    }));
}
