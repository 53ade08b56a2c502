import type { DeclaredResource } from '@kubeplant/crds/model';
import type { PlanResources } from '@kubeplant/plan';

/** Accepted resources by kind, in a stable order. */
export function toPlanResources(resources: readonly DeclaredResource[]): PlanResources {
  // The schemas have judged each resource, so its kind tells its type.
  const ofKind = <T>(kind: string): T[] => resources.filter((resource) => resource.kind === kind) as T[];
  return {
    sites: ofKind('Site'),
    devices: ofKind('Device'),
    profiles: ofKind('DeviceProfile'),
    rules: ofKind('AlarmRule'),
    classes: ofKind('CollectorClass'),
    simulations: ofKind('Simulation'),
  };
}
