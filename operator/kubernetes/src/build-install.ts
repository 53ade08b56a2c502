import { stringify } from 'yaml';
import { type ControllerRights, RIGHTS } from './rbac.ts';

export const OPERATOR_NAME = 'kubeplant-operator';
const HEADER = '# Generated from operator/kubernetes/src/rbac.ts by operator/kubernetes/src/generate-install.ts. Do not edit.\n';
const labels = { 'app.kubernetes.io/name': 'operator', 'app.kubernetes.io/part-of': 'kubeplant' };

/** Namespace, ServiceAccount and the rights of each controller, in order. */
export function buildInstall(namespace: string): readonly object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'restricted' } },
    },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: OPERATOR_NAME, namespace, labels } },
    ...RIGHTS.flatMap((rights) => buildRole(rights, namespace)),
  ];
}

function buildRole({ controller, scope, rules }: ControllerRights, namespace: string): object[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const prefix = scope === 'cluster' ? 'Cluster' : '';
  const metadata = { name: `${OPERATOR_NAME}-${controller}`, ...(scope === 'namespace' && { namespace }), labels };
  return [
    { apiVersion, kind: `${prefix}Role`, metadata, rules },
    {
      apiVersion,
      kind: `${prefix}RoleBinding`,
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: `${prefix}Role`, name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: OPERATOR_NAME, namespace }],
    },
  ];
}

/** The manifest as committed. */
export const renderInstall = (): string =>
  HEADER +
  buildInstall('kubeplant')
    .map((object) => `---\n${stringify(object, { lineWidth: 0, aliasDuplicateObjects: false })}`)
    .join('');
