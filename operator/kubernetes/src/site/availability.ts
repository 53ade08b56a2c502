import type { KubeObject } from '../api/kube-object.ts';

interface WorkloadStatus {
  readonly observedGeneration?: number;
  readonly availableReplicas?: number;
  readonly replicas?: number;
}

/** True when a StatefulSet or Deployment has a pod that is available. */
export function isAvailable(workload: KubeObject | undefined): boolean {
  const status = (workload?.status ?? {}) as WorkloadStatus; // the status of both kinds
  return (status.availableReplicas ?? 0) > 0;
}

/** True when a StatefulSet has, or is about to have, a pod that may poll. */
export function mayPoll(workload: KubeObject): boolean {
  return ((workload.status ?? {}) as WorkloadStatus).replicas !== 0;
}
