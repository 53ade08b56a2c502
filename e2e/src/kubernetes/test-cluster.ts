import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '@kubeplant/kit';
import { ADMIN, type ClusterKeys, createClusterKeys } from './cluster-keys.ts';
import { installCrds } from './install-crds.ts';
import { createKubeApiFor } from './kube-api.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { findPrograms } from './programs.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';

/** A control plane without nodes: etcd, kube-apiserver and kube-controller-manager, with our CRDs. */
export interface TestCluster {
  /** Path of the administrator's kubeconfig (client certificate, cluster-admin). */
  readonly kubeconfig: string;
  /** Folder of kubectl and the other programs. */
  readonly programs: string;
  /** Process ids by program, for measurements. */
  readonly pids: Readonly<Record<'etcd' | 'kube-apiserver' | 'kube-controller-manager', number>>;
  stop(): Promise<void>;
}

const CONTROLLERS = [
  'garbage-collector-controller',
  'namespace-controller',
  'serviceaccount-controller',
  'root-ca-certificate-publisher-controller',
  'statefulset-controller',
  'deployment-controller',
  'replicaset-controller',
  'disruption-controller',
].join(',');

/** Start a control plane; `missing` says what to install where its programs cannot be had. */
export async function startTestCluster(): Promise<
  { readonly kind: 'cluster'; readonly cluster: TestCluster } | { readonly kind: 'missing'; readonly reason: string }
> {
  const programs = findPrograms();
  if (programs.kind === 'missing') return programs;
  try {
    return { kind: 'cluster', cluster: await start(programs.directory) };
  } catch (error) {
    // Another program may have taken a port between our look and the server's.
    if (!(error instanceof Error && error.message.includes('address already in use'))) throw error;
    return { kind: 'cluster', cluster: await start(programs.directory) };
  }
}

async function start(programs: string): Promise<TestCluster> {
  const directory = mkdtempSync(join(tmpdir(), 'kp-kubernetes-'));
  const started: ServerProcess[] = [];
  const stop = async () => {
    for (const server of started.toReversed()) await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
  const run = (name: string, args: readonly string[]): ServerProcess => {
    const server = startServerProcess(join(programs, name), args, join(directory, `${name}.log`));
    started.push(server);
    return server;
  };
  try {
    return { ...(await startServers({ programs, directory, run })), programs, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface StartDeps {
  readonly programs: string;
  readonly directory: string;
  readonly run: (name: string, args: readonly string[]) => ServerProcess;
}

async function startServers({ directory, run }: StartDeps): Promise<Pick<TestCluster, 'kubeconfig' | 'pids'>> {
  const keys = await createClusterKeys(join(directory, 'keys'));
  const [etcdPort = 0, peerPort = 0, apiPort = 0, managerPort = 0] = await freePorts(4);
  const etcd = run('etcd', etcdArgs(directory, etcdPort, peerPort));
  await etcd.ready(async () => (await fetch(`http://127.0.0.1:${etcdPort}/health`)).ok, 20_000);

  const server = `https://127.0.0.1:${apiPort}`;
  const apiServer = run('kube-apiserver', apiServerArgs(keys, etcdPort, apiPort));
  const bootstrap = createKubeApiFor({ server, caPem: keys.caPem, credentials: { kind: 'token', token: keys.bootstrapToken } });
  await apiServer.ready(async () => (await bootstrap.request('GET', '/readyz')).status === 200, 60_000);
  await bootstrap.must('POST', '/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', adminBinding);
  bootstrap.close();

  const kubeconfig = join(directory, 'admin.kubeconfig');
  writeKubeconfig(kubeconfig, { server, caPem: keys.caPem, credentials: { kind: 'certificate', ...keys.admin } });
  const managerKubeconfig = join(directory, 'controller-manager.kubeconfig');
  writeKubeconfig(managerKubeconfig, { server, caPem: keys.caPem, credentials: { kind: 'certificate', ...keys.controllerManager } });
  const manager = run('kube-controller-manager', managerArgs(keys, managerKubeconfig, managerPort));

  const api = createKubeApiFor({ server, caPem: keys.caPem, credentials: { kind: 'certificate', ...keys.admin } });
  await Promise.all([
    installCrds(api),
    // The manager works once it has made the ServiceAccount that pods of the default namespace need.
    manager.ready(async () => (await api.request('GET', '/api/v1/namespaces/default/serviceaccounts/default')).status === 200, 60_000),
  ]);
  api.close();
  return { kubeconfig, pids: { etcd: etcd.pid, 'kube-apiserver': apiServer.pid, 'kube-controller-manager': manager.pid } };
}

const adminBinding = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRoleBinding',
  metadata: { name: ADMIN },
  roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
  subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: ADMIN }],
};

const etcdArgs = (directory: string, port: number, peerPort: number): string[] => [
  `--data-dir=${join(directory, 'etcd')}`,
  `--listen-client-urls=http://127.0.0.1:${port}`,
  `--advertise-client-urls=http://127.0.0.1:${port}`,
  `--listen-peer-urls=http://127.0.0.1:${peerPort}`,
  `--initial-advertise-peer-urls=http://127.0.0.1:${peerPort}`,
  `--initial-cluster=default=http://127.0.0.1:${peerPort}`,
  '--unsafe-no-fsync',
];

const apiServerArgs = (keys: ClusterKeys, etcdPort: number, port: number): string[] => [
  `--etcd-servers=http://127.0.0.1:${etcdPort}`,
  '--bind-address=127.0.0.1',
  `--secure-port=${port}`,
  '--advertise-address=127.0.0.1',
  '--endpoint-reconciler-type=none',
  `--cert-dir=${keys.directory}`,
  `--tls-cert-file=${keys.file('apiserver.crt')}`,
  `--tls-private-key-file=${keys.file('apiserver.key')}`,
  `--client-ca-file=${keys.file('ca.crt')}`,
  `--token-auth-file=${keys.file('tokens.csv')}`,
  '--authorization-mode=RBAC',
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${keys.file('sa.pub')}`,
  `--service-account-signing-key-file=${keys.file('sa.key')}`,
  '--service-cluster-ip-range=10.96.0.0/16',
];

const managerArgs = (keys: ClusterKeys, kubeconfig: string, port: number): string[] => [
  `--kubeconfig=${kubeconfig}`,
  `--controllers=${CONTROLLERS}`,
  '--use-service-account-credentials',
  '--leader-elect=false',
  '--bind-address=127.0.0.1',
  `--secure-port=${port}`,
  `--cert-dir=${keys.directory}`,
  `--service-account-private-key-file=${keys.file('sa.key')}`,
  `--root-ca-file=${keys.file('ca.crt')}`,
];
