import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, inject, it, vi } from 'vitest';
import { createKubeApi } from './kube-api.ts';
import { kubeconfigFor } from './service-account.ts';

const kubeconfig = inject('kubeconfig');

describe.skipIf(kubeconfig === '')('the test cluster', () => {
  it('serves our kinds to kubectl', () => {
    const kubectl = join(inject('kubernetesPrograms'), 'kubectl');
    const run = (...args: string[]) => execFileSync(kubectl, ['--kubeconfig', kubeconfig, ...args], { encoding: 'utf8' });
    expect(run('api-resources', '--api-group=kubeplant.io', '-o', 'name').trim().split('\n').sort()).toEqual([
      'alarmrules.kubeplant.io',
      'collectorclasses.kubeplant.io',
      'deviceprofiles.kubeplant.io',
      'devices.kubeplant.io',
      'simulations.kubeplant.io',
      'sites.kubeplant.io',
    ]);
    run('get', 'kubeplant', '-A');
  });

  it('gives a ServiceAccount the rights bound to it, and no others', async () => {
    const api = createKubeApi(kubeconfig);
    await api.must('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'harness-rbac' } });
    await api.must('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/harness-rbac/roles', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'reader' },
      rules: [{ apiGroups: ['kubeplant.io'], resources: ['devices'], verbs: ['list'] }],
    });
    await api.must('POST', '/apis/rbac.authorization.k8s.io/v1/namespaces/harness-rbac/rolebindings', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'reader' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
      subjects: [{ kind: 'ServiceAccount', name: 'robot', namespace: 'harness-rbac' }],
    });
    const robot = createKubeApi(await kubeconfigFor({ api, admin: kubeconfig }, { namespace: 'harness-rbac', name: 'robot' }));
    const list = (namespace: string, plural: string) =>
      robot.request('GET', `/apis/kubeplant.io/v1alpha1/namespaces/${namespace}/${plural}`);
    expect((await list('harness-rbac', 'devices')).status).toBe(200);
    expect((await list('harness-rbac', 'sites')).status).toBe(403);
    expect((await list('default', 'devices')).status).toBe(403);
    robot.close();
    api.close();
  });

  it('collects the children of a deleted owner', async () => {
    const api = createKubeApi(kubeconfig);
    const maps = '/api/v1/namespaces/default/configmaps';
    const owner = await api.must('POST', maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'harness-owner' } });
    const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'harness-owner', uid: owner.metadata.uid }];
    await api.must('POST', maps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'harness-child', ownerReferences } });
    await api.must('DELETE', `${maps}/harness-owner`);
    await vi.waitFor(async () => expect((await api.request('GET', `${maps}/harness-child`)).status).toBe(404), {
      timeout: 30_000,
      interval: 100,
    });
    api.close();
  });
});
