import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createAuthority, issueCertificate } from '@kubeplant/kit';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { createKubeApi, type KubeApi } from '../../../e2e/src/kubernetes/kube-api.ts';
import { kubeconfigFor } from '../../../e2e/src/kubernetes/service-account.ts';
import { loadAuthority, loadRootKey } from './site/cluster-keys.ts';
import { kubeconfigAccess } from './api/cluster-access.ts';
import { createTransport } from './api/transport.ts';
import { installRights } from './testing/test-operator.ts';

const kubeconfig = inject('kubeconfig');
const until = <T>(check: () => Promise<T> | T) => vi.waitFor(check, { timeout: 30_000, interval: 100 });

interface Running {
  readonly child: ChildProcess;
  readonly port: number;
  readonly lines: string[];
}

describe.skipIf(kubeconfig === '')('the operator process', () => {
  let admin: KubeApi;
  let robot: string;
  const started: ChildProcess[] = [];

  beforeAll(async () => {
    admin = createKubeApi(kubeconfig);
    await installRights(admin);
    await admin.must('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'op-process' } });
    robot = await kubeconfigFor({ api: admin, admin: kubeconfig }, { namespace: 'kubeplant', name: 'kubeplant-operator' });
  });
  afterAll(async () => {
    for (const child of started) if (child.exitCode === null && child.signalCode === null) await stop(child, 'SIGKILL');
    admin?.close();
  });

  async function start(replica: string): Promise<Running> {
    const env = {
      PATH: process.env.PATH,
      KUBEPLANT_NAMESPACE: 'kubeplant',
      KUBEPLANT_WATCH_NAMESPACE: 'op-process',
      KUBEPLANT_REPLICA: replica,
      KUBEPLANT_PROBE_PORT: '0',
    };
    const child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url)), '--kubeconfig', robot], {
      env,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    started.push(child);
    const lines: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => lines.push(...chunk.toString().split('\n')));
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (message) => resolve((message as { readonly ports: { readonly probe: number } }).ports.probe));
      child.once('exit', (code) => reject(new Error(`exited with ${code}: ${lines.join('\n')}`)));
    });
    return { child, port, lines };
  }

  const stop = (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> =>
    new Promise((resolve) => {
      child.once('exit', resolve);
      child.kill(signal);
    });
  const lease = async () =>
    (await admin.request('GET', '/apis/coordination.k8s.io/v1/namespaces/kubeplant/leases/kubeplant-operator')).body?.spec;
  const condition = async (type: string) => {
    const { items } = await admin.must('GET', '/apis/kubeplant.io/v1alpha1/namespaces/op-process/sites');
    return items[0]?.status?.conditions?.find((item: { readonly type: string }) => item.type === type)?.reason;
  };

  it('works with the rights that ship, serves probes and metrics, and hands over at once when it is stopped', async () => {
    const first = await start('first');
    await until(async () => expect((await lease())?.holderIdentity).toBe('first'));
    const second = await start('second');
    await admin.must('POST', '/apis/kubeplant.io/v1alpha1/namespaces/op-process/sites', {
      apiVersion: 'kubeplant.io/v1alpha1',
      kind: 'Site',
      metadata: { name: 'north' },
      spec: {},
    });
    await until(async () => expect(await condition('ModelPublished')).toBe('NoApi'));
    const ready = await fetch(`http://127.0.0.1:${second.port}/readyz`);
    expect(ready.status).toBe(200);
    const metrics = await (await fetch(`http://127.0.0.1:${first.port}/metrics`)).text();
    expect(metrics).toMatch(/controller_runtime_reconcile_total\{.*controller="site"/);
    expect(metrics).toMatch(/leader_election_master_status\{.*\} 1/);
    expect(await stop(first.child, 'SIGTERM')).toBe(0);
    const before = Date.now();
    await until(async () => expect((await lease()).holderIdentity).toBe('second'));
    expect(Date.now() - before).toBeLessThan(5000);
    await admin.must('DELETE', '/apis/kubeplant.io/v1alpha1/namespaces/op-process/sites/north');
    await admin.must('POST', '/apis/kubeplant.io/v1alpha1/namespaces/op-process/sites', {
      apiVersion: 'kubeplant.io/v1alpha1',
      kind: 'Site',
      metadata: { name: 'south' },
      spec: {},
    });
    await until(async () => expect(await condition('ModelPublished')).toBe('NoApi'));
    expect(second.lines.filter((line) => line.includes('"level":"error"'))).toEqual([]);
    expect(await stop(second.child, 'SIGTERM')).toBe(0);
    expect((await lease()).holderIdentity).toBe('');
  });

  it('keeps its CA and root key: a second start finds the same', async () => {
    const transport = createTransport({ access: await kubeconfigAccess(robot), userAgent: 'test' });
    const first = await loadAuthority(transport, 'kubeplant');
    expect(await loadAuthority(transport, 'kubeplant')).toEqual(first);
    expect(await loadRootKey(transport, 'kubeplant')).toBe(await loadRootKey(transport, 'kubeplant'));
    const other = await createAuthority({ commonName: 'other', days: 1 });
    expect((await issueCertificate({ authority: first, commonName: 'x', days: 1 })).certPem).not.toBe(other.certPem);
    await transport.close();
  });
});
