import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MALLOC_ENV } from '@kubeplant/kit';
import { installRights } from '../kubernetes/install-rights.ts';
import { createKubeApi, type KubeApi } from '../kubernetes/kube-api.ts';
import { readKubeconfig } from '../kubernetes/kubeconfig.ts';
import { kubeconfigFor } from '../kubernetes/service-account.ts';
import { startTestCluster } from '../kubernetes/test-cluster.ts';
import { until } from '../plant/run-plant.ts';
import type { BenchContext } from './types.ts';

const BUNDLE = fileURLToPath(new URL('../../../dist/operator/operator-kubernetes.js', import.meta.url));
/** The operator's own. */
export const NAMESPACE = 'kubeplant';

/** An operator in a process of its own. */
export interface OperatorProcess {
  readonly pid: number;
  /** Resolves when it has gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** An API server, and the operator as it is shipped: its bundle, with the rights and the credentials of its pod. */
export interface OperatorRig {
  /** The administrator. */
  readonly api: KubeApi;
  readonly kubeconfig: string;
  /** Resolves when its caches are complete. */
  startOperator(env?: Readonly<Record<string, string>>): Promise<OperatorProcess>;
}

/** Start the API server; what is started here ends with the bench. */
export async function startOperatorRig({ defer, step }: BenchContext): Promise<OperatorRig> {
  if (!existsSync(BUNDLE)) throw new Error(`${BUNDLE} is missing: npm run build makes it`);
  step('building or starting the API server');
  const started = await startTestCluster();
  if (started.kind === 'missing') throw new Error(started.reason);
  const { kubeconfig, stop } = started.cluster;
  defer(stop);
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-operator-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  const api = createKubeApi(kubeconfig);
  defer(() => api.close());
  await installRights(api);
  await writeCredentials(folder, api, kubeconfig);
  const server = new URL(readKubeconfig(kubeconfig).server);
  return {
    ...{ api, kubeconfig },
    startOperator: async (env = {}) => {
      const child = spawn(process.execPath, [BUNDLE], {
        env: { ...operatorEnv(folder, server), ...env },
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      defer(() => end(child, 'SIGTERM'));
      await cachesOf(child);
      return { pid: child.pid ?? 0, end: (signal) => end(child, signal) };
    },
  };
}

/** What the kubelet mounts into the operator's pod. */
async function writeCredentials(folder: string, api: KubeApi, admin: string): Promise<void> {
  const { caPem, credentials } = readKubeconfig(await kubeconfigFor({ api, admin }, { namespace: NAMESPACE, name: 'kubeplant-operator' }));
  if (credentials.kind !== 'token') throw new Error('the ServiceAccount has no token');
  writeFileSync(join(folder, 'token'), credentials.token, { mode: 0o600 });
  writeFileSync(join(folder, 'ca.crt'), caPem);
  writeFileSync(join(folder, 'namespace'), NAMESPACE);
}

const operatorEnv = (folder: string, server: URL) => ({
  PATH: process.env.PATH,
  ...MALLOC_ENV,
  KUBERNETES_SERVICE_HOST: server.hostname,
  KUBERNETES_SERVICE_PORT: server.port,
  KUBEPLANT_SERVICE_ACCOUNT_DIR: folder,
  KUBEPLANT_PROBE_PORT: '0',
  KUBEPLANT_LOG_LEVEL: 'error',
});

async function cachesOf(child: ChildProcess): Promise<void> {
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve((message as { readonly ports: { readonly probe: number } }).ports.probe)); // what tellReady sends
    child.once('exit', (code) => reject(new Error(`the operator exited with ${code}`)));
  });
  await until('complete caches of the operator', async () => (await fetch(`http://127.0.0.1:${port}/readyz`)).ok);
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
