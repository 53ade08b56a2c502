import type { KubeApi } from '../kubernetes/kube-api.ts';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom } from '../faults/random.ts';
import { until } from '../plant/run-plant.ts';
import { figure, slowest } from './figure.ts';
import { type OperatorProcess, type OperatorRig, startOperatorRig } from './operator-rig.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const ENDS = [
  // Each waits until the Lease has run out, which is nearly all of the time.
  { name: 'leader killed', signal: 'SIGKILL', goalS: 17, rounds: 3 },
  { name: 'leader stopped', signal: 'SIGTERM', goalS: 3, rounds: 7 },
] as const;
const OURS = '/apis/kubeplant.io/v1alpha1/namespaces/default';
/** The other replica looks at the Lease so often: it ends at any moment of that. */
const RETRY_MS = 2000;
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/kubeplant/leases/kubeplant-operator';
const MERGE = 'application/merge-patch+json';
const HEAD = { apiVersion: 'kubeplant.io/v1alpha1', metadata: { name: 'bench' } };

/** The leading operator ends; a Device changed after that is in its collector's configuration and Ready. */
export const bench: Bench = {
  name: 'leader',
  description: `the leading operator ended until a Device changed after that is applied: ${ENDS.map(({ signal, goalS, rounds }) => `${rounds} times by ${signal} (goal ${goalS} s)`).join(', ')}`,
  limitS: 1_800, // the first run on a machine builds the API server
  run: async (context) => {
    const rig = await startOperatorRig(context);
    await rig.api.must('POST', `${OURS}/sites`, { ...HEAD, kind: 'Site', spec: {} });
    await rig.api.must('POST', `${OURS}/devices`, { ...HEAD, kind: 'Device', spec: { ...SPEC, ...tagAt(0) } });
    const operators = new Map<string, OperatorProcess>();
    for (const name of ['a', 'b']) operators.set(name, await rig.startOperator({ KUBEPLANT_REPLICA: name }));
    await until('a Ready Device', () => isApplied(rig.api, ''));
    const results: BenchResult[] = [];
    for (const end of ENDS) results.push(await measure(context, rig, { ...end, operators }));
    return results;
  },
};

type End = (typeof ENDS)[number] & { readonly operators: Map<string, OperatorProcess> };

async function measure({ step }: BenchContext, rig: OperatorRig, { name, signal, goalS, rounds, operators }: End): Promise<BenchResult> {
  const random = createRandom(rounds);
  const ours: number[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    await sleep(random() * RETRY_MS);
    step(`waiting for the other operator after ${signal}, round ${round}`);
    const leader = await leaderOf(rig.api);
    const before = await revisionOf(rig.api);
    const startMs = performance.now();
    await operators.get(leader)?.end(signal);
    // Only now: it is not to be the old one that applies it.
    await rig.api.must('PATCH', `${OURS}/devices/bench`, { spec: tagAt(100 * goalS + round) }, MERGE);
    await until('the change to be applied', () => isApplied(rig.api, before), 60_000);
    ours.push((performance.now() - startMs) / 1000);
    if ((await leaderOf(rig.api)) === leader) throw new Error(`operator ${leader} still leads after ${signal}`);
    operators.set(leader, await rig.startOperator({ KUBEPLANT_REPLICA: leader }));
  }
  return figure(name, goalS, ours, [slowest(ours)]);
}

const SPEC = { siteRef: { name: 'bench' }, connection: { protocol: 'ModbusTcp', modbusTcp: { host: '10.0.0.1' } } };
const tagAt = (address: number) => ({ tags: { level: { modbus: { address } } } });

const leaderOf = async (api: KubeApi): Promise<string> => (await api.must('GET', LEASE)).spec.holderIdentity;

/** Revision of the collector's configuration; '' before there is one. */
async function revisionOf(api: KubeApi): Promise<string> {
  const { items } = await api.must('GET', '/api/v1/namespaces/default/configmaps?labelSelector=kubeplant.io/shard');
  return items[0]?.metadata.annotations['kubeplant.io/revision'] ?? '';
}

/** True once the configuration is another one and the Device is Ready as it is declared now. */
async function isApplied(api: KubeApi, before: string): Promise<boolean> {
  const { metadata, status } = await api.must('GET', `${OURS}/devices/bench`);
  const isReady = status.conditions?.some(({ type, status }: Condition) => type === 'Ready' && status === 'True');
  return status.observedGeneration === metadata.generation && isReady && (await revisionOf(api)) !== before;
}

interface Condition {
  readonly type: string;
  readonly status: string;
}
