import type { Device, Resource } from '@kubeplant/api-client';

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

/** Conditions of a device: those of its status, else what the api itself knows of it, as on a host that writes no status. */
export function deviceConditions(resource: Pick<Resource, 'status'>, device: Device): readonly Condition[] {
  const written = readConditions(resource);
  if (written.length > 0) return written;
  const { ready, connected, dataFlowing, reason, message } = device;
  const field = (type: string, holds: boolean | null): Condition[] =>
    holds === null ? [] : [{ type, status: holds ? 'True' : 'False', reason, message }];
  const applied = ready
    ? { reason: 'Applied', message: '' }
    : { reason: 'NotApplied', message: 'This revision does not run yet; see the findings below.' };
  return [
    { type: 'Ready', status: ready ? 'True' : 'False', ...applied },
    ...field('Connected', connected),
    ...field('DataFlowing', dataFlowing),
  ];
}
