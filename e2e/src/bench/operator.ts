import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { parseAllDocuments } from 'yaml';
import { createKubeApi, type KubeApi } from '../kubernetes/kube-api.ts';
import { readKubeconfig } from '../kubernetes/kubeconfig.ts';
import { kubeconfigFor } from '../kubernetes/service-account.ts';
import { startTestCluster } from '../kubernetes/test-cluster.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const SITES = 10;
const DEVICES = 100;
const TAGS = 100;
const GOAL_S = 60;
const MAX_MIB = 128;
/** The first run on a machine builds the API server. */
const LIMIT_S = 1_800;
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** 1,000 Devices of 100 tags applied → all Ready, with the memory of the operator as its own process. */
export const bench: Bench = {
  name: 'operator',
  description: `${SITES * DEVICES} Devices of ${TAGS} tags applied on the API server until all are Ready (goal ${GOAL_S} s, ${MAX_MIB} MiB)`,
  limitS: LIMIT_S,
  run,
};

async function run({ defer, step }: BenchContext): Promise<BenchResult> {
  step('building or starting the API server');
  const started = await startTestCluster();
  if (started.kind === 'missing') throw new Error(started.reason);
  defer(() => started.cluster.stop());
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-operator-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  const api = createKubeApi(started.cluster.kubeconfig);
  defer(() => api.close());
  await installRights(api);
  step('starting the operator');
  const operator = await startBundle(folder, started.cluster.kubeconfig, api);
  defer(async () => {
    operator.kill('SIGTERM');
    if (operator.exitCode === null && operator.signalCode === null) await once(operator, 'exit');
  });
  step('waiting until all Devices are Ready');
  return measure(api, operator.pid ?? 0);
}

async function measure(api: KubeApi, pid: number): Promise<BenchResult> {
  const idleMib = memoryMib(pid, 'VmRSS');
  const sites = Array.from({ length: SITES }, (_, site) => site);
  for (const site of sites) {
    await api.must('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `bench-${site}` } });
  }
  const startMs = performance.now();
  for (const site of sites) {
    await api.must('POST', `${pathOf(site)}/sites`, { ...head('Site', 'plant'), spec: { timezone: 'UTC' } });
    await Promise.all(
      Array.from({ length: DEVICES }, (_, device) => api.must('POST', `${pathOf(site)}/devices`, buildDevice(site, device))),
    );
  }
  const appliedS = (performance.now() - startMs) / 1000;
  while (!(await allReady(api))) {
    if (performance.now() - startMs > 5 * GOAL_S * 1000) throw new Error(`not all Devices are Ready after ${5 * GOAL_S} s`);
    await sleep(200);
  }
  const readyS = (performance.now() - startMs) / 1000;
  await sleep(5000);
  const peakMib = memoryMib(pid, 'VmHWM');
  const settledMib = memoryMib(pid, 'VmRSS');
  const notes = [
    `applied within ${appliedS.toFixed(1)} s, all Ready after ${readyS.toFixed(1)} s`,
    `operator: ${idleMib} MiB before, peak ${peakMib} MiB, ${settledMib} MiB afterwards (goal ${MAX_MIB} MiB)`,
    `load of the machine ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} processors: API server and operator share them`,
  ];
  if (peakMib > MAX_MIB * 1.1)
    throw new Error(`the operator used ${peakMib} MiB at its peak; at most ${MAX_MIB} are allowed. ${notes.join('; ')}`);
  return {
    name: bench.name,
    goal: GOAL_S,
    gate: GOAL_S * 1.1,
    ratio: readyS,
    unit: 's',
    higherIsBetter: false,
    ours: [readyS],
    peer: [],
    notes,
  };
}

/** Every Site says DevicesReady, and really of all its Devices. */
async function allReady(api: KubeApi): Promise<boolean> {
  const { items } = await api.must('GET', '/apis/kubeplant.io/v1alpha1/sites');
  const done = items.filter(
    (site: SiteView) =>
      site.status?.devices?.declared === DEVICES &&
      site.status.conditions?.some(({ type, status }) => type === 'DevicesReady' && status === 'True'),
  );
  if (done.length < SITES) return false;
  const devices = await api.must('GET', '/apis/kubeplant.io/v1alpha1/devices');
  const ready = devices.items.filter((device: SiteView) =>
    device.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  return ready.length === SITES * DEVICES;
}

interface SiteView {
  readonly status?: {
    readonly devices?: { readonly declared?: number };
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const pathOf = (site: number): string => `/apis/kubeplant.io/v1alpha1/namespaces/bench-${site}`;
const head = (kind: string, name: string) => ({ apiVersion: 'kubeplant.io/v1alpha1', kind, metadata: { name } });

function buildDevice(site: number, device: number): object {
  const tag = (index: number) => ({
    description: `Value ${index} of device ${device}`,
    unit: 'kW',
    modbus: { register: 'Holding', address: index * 2, rawType: 'Float32' },
    range: { low: 0, high: 500 },
  });
  return {
    ...head('Device', `device-${device}`),
    spec: {
      siteRef: { name: 'plant' },
      connection: { protocol: 'ModbusTcp', modbusTcp: { host: `10.${site}.1.${device}` } },
      tags: Object.fromEntries(Array.from({ length: TAGS }, (_, index) => [`tag-${index}`, tag(index)])),
    },
  };
}

/** The operator as it is shipped: one bundle, the credentials of a pod. */
async function startBundle(folder: string, admin: string, api: KubeApi) {
  const { kubeconfigPath, server } = {
    kubeconfigPath: await kubeconfigFor({ api, admin }, { namespace: 'kubeplant', name: 'kubeplant-operator' }),
    server: new URL(readKubeconfig(admin).server),
  };
  const { caPem, credentials } = readKubeconfig(kubeconfigPath);
  if (credentials.kind !== 'token') throw new Error('the ServiceAccount has no token');
  writeFileSync(join(folder, 'token'), credentials.token, { mode: 0o600 });
  writeFileSync(join(folder, 'ca.crt'), caPem);
  writeFileSync(join(folder, 'namespace'), 'kubeplant');
  const bundle = join(folder, 'bundle');
  await build({
    absWorkingDir: ROOT,
    entryPoints: { operator: 'operator/kubernetes/src/main.ts' },
    outdir: bundle,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // CommonJS loaded by import() in a split bundle has no named exports.
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);" },
    logLevel: 'error',
  });
  const env = {
    PATH: process.env.PATH,
    MALLOC_ARENA_MAX: '1',
    KUBERNETES_SERVICE_HOST: server.hostname,
    KUBERNETES_SERVICE_PORT: server.port,
    KUBEPLANT_SERVICE_ACCOUNT_DIR: folder,
    KUBEPLANT_PROBE_PORT: '0',
    KUBEPLANT_LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, [join(bundle, 'operator.mjs')], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(new Error(`the operator exited with ${code}`)));
  });
  await sleep(1000);
  return child;
}

async function installRights(api: KubeApi): Promise<void> {
  for (const document of parseAllDocuments(readFileSync(join(ROOT, 'operator/kubernetes/generated/install.yaml'), 'utf8'))) {
    const object = document.toJS() as { kind: string; apiVersion: string; metadata: { name: string; namespace?: string } };
    const root = object.apiVersion === 'v1' ? '/api/v1' : `/apis/${object.apiVersion}`;
    const scope = object.metadata.namespace === undefined ? '' : `/namespaces/${object.metadata.namespace}`;
    await api.must(
      'PATCH',
      `${root}${scope}/${object.kind.toLowerCase()}s/${object.metadata.name}?fieldManager=bench&force=true`,
      object,
      'application/apply-patch+yaml',
    );
  }
}

/** `VmRSS`: now; `VmHWM`: the most so far. */
function memoryMib(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(field));
  return Math.round(Number(/[0-9]+/.exec(line ?? '')?.[0] ?? 0) / 1024);
}
