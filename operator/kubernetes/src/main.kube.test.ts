import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { SiteModel } from '@kubeplant/crds/model';
import { createAuthority, issueCertificate, type KeyPair, peerUris, serverCredentials, startGrpcServer } from '@kubeplant/kit';
import { model } from '@kubeplant/proto';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { installRights } from '../../../e2e/src/kubernetes/install-rights.ts';
import { createKubeApi, type KubeApi } from '../../../e2e/src/kubernetes/kube-api.ts';
import { kubeconfigFor } from '../../../e2e/src/kubernetes/service-account.ts';
import { loadAuthority, loadRootKey } from './site/cluster-keys.ts';
import { kubeconfigAccess } from './api/cluster-access.ts';
import { createTransport } from './api/transport.ts';

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

  async function start(replica: string, more: NodeJS.ProcessEnv = {}): Promise<Running> {
    const env = {
      PATH: process.env.PATH,
      KUBEPLANT_NAMESPACE: 'kubeplant',
      KUBEPLANT_WATCH_NAMESPACE: 'op-process',
      KUBEPLANT_REPLICA: replica,
      KUBEPLANT_PROBE_PORT: '0',
      ...more,
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

  it('gives the api its models over mutual TLS, with a certificate of its own CA, and answers edits with YAML', async () => {
    const transport = createTransport({ access: await kubeconfigAccess(robot), userAgent: 'test' });
    const api = await startModelServer(await loadAuthority(transport, 'kubeplant'));
    const operator = await start('linked', { KUBEPLANT_MODEL_ENDPOINT: api.endpoint, KUBEPLANT_CLUSTER: 'east' });
    await until(async () => expect(await condition('ModelPublished')).toBe('Published'));
    expect(api.uris).toContain('kubeplant:operator');
    expect(api.hello()).toMatchObject({ cluster: 'east', host: 'kubernetes', consoleEdits: false });
    expect(api.hello()?.leaseTransitions).toBeGreaterThan(0);
    expect(api.models[0]).toMatchObject({ tenant: 'east/op-process', site: 'south' });
    const edit = {
      id: 'e1',
      method: 'PUT',
      kind: 'Site',
      namespace: 'op-process',
      name: 'south',
      object: '{"spec":{}}',
      resourceVersion: '',
      dryRun: false,
      user: 'ada',
      traceparent: '',
    };
    api.send({ message: { $case: 'edit', value: edit } });
    await until(() => expect(api.edits).toMatchObject([{ id: 'e1', status: 409, code: 'managed-elsewhere' }]));
    expect(await stop(operator.child, 'SIGTERM')).toBe(0);
    await api.close();
    await transport.close();
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

/** An api that accepts every model: a real gRPC server with mutual TLS. */
interface TestModelServer {
  readonly endpoint: string;
  readonly models: SiteModel[];
  readonly uris: string[];
  readonly edits: model.EditResult[];
  hello(): model.OperatorHello | undefined;
  send(message: model.ApiMessage): void;
  close(): Promise<void>;
}

async function startModelServer(authority: KeyPair): Promise<TestModelServer> {
  const keys = await issueCertificate({ authority, commonName: 'api', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'], days: 1 });
  const models: SiteModel[] = [];
  const uris: string[] = [];
  const edits: model.EditResult[] = [];
  let hello: model.OperatorHello | undefined;
  let write: (message: model.ApiMessage) => void = () => {};
  const implementation: model.ModelServer = {
    connect: (call) => {
      uris.push(...peerUris(call));
      write = (message) => void call.write(message);
      call.on('data', ({ message }: model.OperatorMessage) => {
        if (message?.$case === 'hello') hello = message.value;
        if (message?.$case === 'editResult') edits.push(message.value);
        if (message?.$case !== 'model') return;
        const { namespace, site, revision, body } = message.value;
        models.unshift(JSON.parse(gunzipSync(body).toString()) as SiteModel);
        write({ message: { $case: 'accepted', value: { namespace, site, revision } } });
      });
      call.on('error', () => {});
      call.on('end', () => call.end());
    },
  };
  const credentials = serverCredentials({ ...keys, caPem: authority.certPem, requireClient: true });
  const server = await startGrpcServer({
    host: '127.0.0.1',
    port: 0,
    credentials,
    services: [{ definition: model.ModelService, implementation }],
  });
  return {
    endpoint: `127.0.0.1:${server.port}`,
    models,
    uris,
    edits,
    hello: () => hello,
    send: (message) => write(message),
    close: () => server.close(100),
  };
}
