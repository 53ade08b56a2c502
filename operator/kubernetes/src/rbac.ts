import { API_GROUP, KINDS } from '@kubeplant/crds';
import { CHILD_TYPES } from './api/resource-types.ts';
import { CA_SECRET, ROOT_KEY_SECRET } from './site/cluster-keys.ts';

/** A rule of a Role, as Kubernetes has it. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** What one controller may do. */
export interface ControllerRights {
  readonly controller: string;
  /** `namespace`: only in the operator's own. */
  readonly scope: 'cluster' | 'namespace';
  readonly rules: readonly PolicyRule[];
}

const plurals = Object.values(KINDS).map(({ plural }) => plural);

/** Children by API group: what is watched, and what is written. */
const childRules = (verbs: readonly string[]): PolicyRule[] =>
  [...Map.groupBy(Object.values(CHILD_TYPES), ({ group }) => group)].map(([group, types]) => ({
    apiGroups: [group],
    resources: types.map(({ plural }) => plural),
    verbs,
  }));

/** All the operator may do, controller by controller. Nothing is granted by wildcard; Secrets are never listed or watched. */
export const RIGHTS: readonly ControllerRights[] = [
  {
    controller: 'caches',
    scope: 'cluster',
    rules: [{ apiGroups: [API_GROUP], resources: plurals, verbs: ['get', 'list', 'watch'] }, ...childRules(['get', 'list', 'watch'])],
  },
  {
    controller: 'site',
    scope: 'cluster',
    rules: [
      ...childRules(['create', 'patch', 'delete']),
      { apiGroups: [''], resources: ['secrets'], verbs: ['get', 'create', 'patch', 'delete'] },
      { apiGroups: [''], resources: ['persistentvolumeclaims'], verbs: ['delete'] },
      // Children block the deletion of their Site, which clusters with OwnerReferencesPermissionEnforcement want granted.
      { apiGroups: [API_GROUP], resources: ['sites/finalizers'], verbs: ['update'] },
    ],
  },
  ...Object.values(KINDS).map(
    ({ kind, plural }): ControllerRights => ({
      controller: `${kind.toLowerCase()}-status`,
      scope: 'cluster',
      rules: [{ apiGroups: [API_GROUP], resources: [`${plural}/status`], verbs: ['patch'] }],
    }),
  ),
  { controller: 'events', scope: 'cluster', rules: [{ apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] }] },
  {
    controller: 'election',
    scope: 'namespace',
    rules: [
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
      { apiGroups: ['coordination.k8s.io'], resources: ['leases'], resourceNames: ['kubeplant-operator'], verbs: ['get', 'update'] },
    ],
  },
  {
    controller: 'keys',
    scope: 'namespace',
    rules: [
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      { apiGroups: [''], resources: ['secrets'], resourceNames: [CA_SECRET, ROOT_KEY_SECRET], verbs: ['get'] },
    ],
  },
];
