import { readFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeApi } from '../kubernetes/kube-api.ts';
import { startOperatorRig } from './operator-rig.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const SITES = 10;
const DEVICES = 100;
const TAGS = 100;
const GOAL_S = 60;
const GOAL_MIB = 128;
/** The first run on a machine builds the API server. */
const LIMIT_S = 1_800;

/** 1,000 Devices of 100 tags applied → all Ready, with the memory of the operator as its own process. */
export const bench: Bench = {
  name: 'operator',
  description: `${SITES * DEVICES} Devices of ${TAGS} tags applied on the API server until all are Ready (goal ${GOAL_S} s, ${GOAL_MIB} MiB)`,
  limitS: LIMIT_S,
  run,
};

async function run(context: BenchContext): Promise<readonly BenchResult[]> {
  const { api, startOperator } = await startOperatorRig(context);
  context.step('starting the operator');
  const operator = await startOperator();
  context.step('waiting until all Devices are Ready');
  return measure(api, operator.pid);
}

async function measure(api: KubeApi, pid: number): Promise<readonly BenchResult[]> {
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
  const appliedNote = `applied within ${appliedS.toFixed(1)} s, all Ready after ${readyS.toFixed(1)} s`;
  const load = `load of the machine ${loadavg()[0]?.toFixed(1)} on ${availableParallelism()} processors: API server and operator share them`;
  const memory = `${idleMib} MiB before, peak ${peakMib} MiB, ${settledMib} MiB afterwards`;
  return [
    result({ name: 'operator', goal: GOAL_S, ratio: readyS, unit: 's', notes: [appliedNote, load] }),
    result({ name: 'operator memory', goal: GOAL_MIB, ratio: peakMib, unit: 'MiB', notes: [memory] }),
  ];
}

/** A figure of its own; it fails 10 % beyond its goal. */
const result = (one: Pick<BenchResult, 'name' | 'goal' | 'ratio' | 'unit' | 'notes'>): BenchResult => ({
  ...one,
  gate: Math.round(one.goal * 1.1),
  higherIsBetter: false,
  ours: [one.ratio],
  peer: [],
});

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

/** `VmRSS`: now; `VmHWM`: the most so far. */
function memoryMib(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const line = readFileSync(`/proc/${pid}/status`, 'utf8')
    .split('\n')
    .find((text) => text.startsWith(field));
  return Math.round(Number(/[0-9]+/.exec(line ?? '')?.[0] ?? 0) / 1024);
}
