import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import type { KubeApi } from '../kubernetes/kube-api.ts';
import { until } from '../plant/run-plant.ts';
import { startClusterApi } from './cluster-api.ts';
import { figure, slowest } from './figure.ts';
import { startOperatorRig } from './operator-rig.ts';
import { startStandInKubelet } from './stand-in-kubelet.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const PACKAGE = fileURLToPath(new URL('../../../dist/package/', import.meta.url));
const COLD = 5;
const WARM = 7;
const COLD_GOAL_S = 10;
const WARM_GOAL_S = 2;
const STAND_IN = 'a stand-in for the kubelet runs the collectors: no image is pulled, and a changed ConfigMap is in its files at once';

/** A Device applied on the API server; its first row is committed. */
export const bench: Bench = {
  name: 'apply',
  description: `a Device applied on the API server until its first row is committed: with its Site, cold, ${COLD} times (goal ${COLD_GOAL_S} s); on a running collector ${WARM} times (goal ${WARM_GOAL_S} s)`,
  limitS: 1_800, // the first run on a machine builds the API server
  run,
};

async function run(context: BenchContext): Promise<readonly BenchResult[]> {
  const { defer, step } = context;
  if (!existsSync(PACKAGE)) throw new Error(`${PACKAGE} is missing: npm run build makes it`);
  const { api, kubeconfig, startOperator } = await startOperatorRig(context);
  const { modelEndpoint, ingestEndpoint, databaseUrl } = await startClusterApi(context, kubeconfig);
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  defer(() => database.end());
  const ports = await startDevices(context, COLD + WARM);
  const folder = mkdtempSync(join(tmpdir(), 'kp-bench-pods-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  await startStandInKubelet(context, kubeconfig, folder);
  step('starting the operator');
  await startOperator({ KUBEPLANT_MODEL_ENDPOINT: modelEndpoint, KUBEPLANT_INGEST_ENDPOINT: ingestEndpoint });

  const measure = async (device: string, apply: () => Promise<void>): Promise<number> => {
    step(`waiting for the first row of ${device}`);
    const startMs = performance.now();
    await apply();
    await until(`the first row of ${device}`, () => hasRow(database, device), 60_000);
    return (performance.now() - startMs) / 1000;
  };
  const cold: number[] = [];
  for (const [round, port] of ports.slice(0, COLD).entries()) {
    const namespace = `cold-${round}`;
    await api.must('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    const apply = async () => {
      await applyObject(api, namespace, 'Site', { name: 'plant', spec: { timezone: 'UTC' } });
      await applyDevice(api, namespace, namespace, port);
    };
    cold.push(await measure(namespace, apply));
  }
  const warm: number[] = [];
  for (const [round, port] of ports.slice(COLD).entries())
    warm.push(await measure(`warm-${round}`, () => applyDevice(api, 'cold-0', `warm-${round}`, port)));
  return [
    figure('apply, cold', COLD_GOAL_S, cold, [STAND_IN, slowest(cold)]),
    figure('apply, running collector', WARM_GOAL_S, warm, [slowest(warm)]),
  ];
}

async function startDevices({ defer }: BenchContext, count: number): Promise<readonly number[]> {
  const devices = fork(new URL('./changing-registers.ts', import.meta.url), [String(count), '1']);
  defer(() => devices.disconnect());
  const [{ ports }] = (await once(devices, 'message')) as [{ ports: readonly number[] }]; // what changing-registers.ts sends
  return ports;
}

/** What `kubectl apply --server-side` sends. */
async function applyObject(api: KubeApi, namespace: string, kind: string, { name, spec }: { name: string; spec: object }): Promise<void> {
  const path = `/apis/kubeplant.io/v1alpha1/namespaces/${namespace}/${kind.toLowerCase()}s/${name}?fieldManager=kubectl`;
  const object = { apiVersion: 'kubeplant.io/v1alpha1', kind, metadata: { name, namespace }, spec };
  await api.must('PATCH', path, object, 'application/apply-patch+yaml');
}

const applyDevice = (api: KubeApi, namespace: string, name: string, port: number): Promise<void> =>
  applyObject(api, namespace, 'Device', {
    name,
    spec: {
      siteRef: { name: 'plant' },
      connection: { protocol: 'ModbusTcp', modbusTcp: { host: '127.0.0.1', port } },
      tags: { level: { modbus: { register: 'Holding', address: 0, rawType: 'Float32' } } },
    },
  });

async function hasRow(database: pg.Client, device: string): Promise<true | undefined> {
  const { rowCount } = await database.query('SELECT FROM reading r JOIN tag t USING (tag_id) WHERE t.device = $1 LIMIT 1', [device]);
  return rowCount === 1 ? true : undefined;
}
