import type { Resource } from '@kubeplant/api-client';

/** A Kubernetes condition. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
}

/** The conditions of a resource's status; what is not one is left out. */
export function readConditions(resource: Pick<Resource, 'status'>): readonly Condition[] {
  const { status } = resource;
  if (typeof status !== 'object' || status === null || !('conditions' in status) || !Array.isArray(status.conditions)) return [];
  return status.conditions.flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('type' in entry) || !('status' in entry)) return [];
    const { reason, message } = entry as { reason?: unknown; message?: unknown };
    return [{ type: String(entry.type), status: String(entry.status), reason: String(reason ?? ''), message: String(message ?? '') }];
  });
}
