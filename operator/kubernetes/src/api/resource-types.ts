import { API_GROUP, type Kind, KINDS } from '@kubeplant/crds';
import type { ResourceType } from './kube-object.ts';

const ours = (kind: Kind): ResourceType => ({
  group: API_GROUP,
  version: 'v1alpha1',
  plural: KINDS[kind].plural,
  kind,
  namespaced: KINDS[kind].scope === 'Namespaced',
});
const builtIn = (group: string, version: string, plural: string, kind: string): ResourceType => ({
  group,
  version,
  plural,
  kind,
  namespaced: true,
});

/** Our own kinds. */
export const OWN_TYPES: Readonly<Record<Kind, ResourceType>> = {
  Site: ours('Site'),
  Device: ours('Device'),
  DeviceProfile: ours('DeviceProfile'),
  AlarmRule: ours('AlarmRule'),
  CollectorClass: ours('CollectorClass'),
  Simulation: ours('Simulation'),
};

/** Kinds of the children of a Site. */
export const CHILD_TYPES = {
  ConfigMap: builtIn('', 'v1', 'configmaps', 'ConfigMap'),
  ServiceAccount: builtIn('', 'v1', 'serviceaccounts', 'ServiceAccount'),
  Service: builtIn('', 'v1', 'services', 'Service'),
  StatefulSet: builtIn('apps', 'v1', 'statefulsets', 'StatefulSet'),
  Deployment: builtIn('apps', 'v1', 'deployments', 'Deployment'),
  NetworkPolicy: builtIn('networking.k8s.io', 'v1', 'networkpolicies', 'NetworkPolicy'),
  PodDisruptionBudget: builtIn('policy', 'v1', 'poddisruptionbudgets', 'PodDisruptionBudget'),
} as const satisfies Record<string, ResourceType>;

/** Written and read by name, never listed or watched. */
export const SECRET = builtIn('', 'v1', 'secrets', 'Secret');
/** Volumes of collectors; deleted by name. */
export const CLAIM = builtIn('', 'v1', 'persistentvolumeclaims', 'PersistentVolumeClaim');
/** Leader election. */
export const LEASE = builtIn('coordination.k8s.io', 'v1', 'leases', 'Lease');
/** What happened to an object, for people. */
export const EVENT = builtIn('events.k8s.io', 'v1', 'events', 'Event');
