import { randomBytes } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { KubeApi } from './kube-api.ts';
import { readKubeconfig, writeKubeconfig } from './kubeconfig.ts';

/**
 * A kubeconfig that acts as a ServiceAccount, made if absent, with exactly the rights bound to it. `admin` is the path of the
 * administrator's kubeconfig; the file lies beside it and goes with the cluster.
 */
export async function kubeconfigFor(
  deps: { readonly api: KubeApi; readonly admin: string },
  { namespace, name }: { readonly namespace: string; readonly name: string },
): Promise<string> {
  const accounts = `/api/v1/namespaces/${namespace}/serviceaccounts`;
  const created = await deps.api.request('POST', accounts, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } });
  if (created.status >= 400 && created.status !== 409) throw new Error(`ServiceAccount ${namespace}/${name}: ${created.body?.message}`);
  const answer = await deps.api.must('POST', `${accounts}/${name}/token`, {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: 7200 },
  });
  const file = join(dirname(deps.admin), `${namespace}-${name}-${randomBytes(4).toString('hex')}.kubeconfig`);
  writeKubeconfig(file, { ...readKubeconfig(deps.admin), credentials: { kind: 'token', token: answer.status.token } });
  return file;
}
