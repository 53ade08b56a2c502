import { CustomObjectsApi, KubeConfig, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { kubeconfigAccess } from '../../../operator/kubernetes/src/api/cluster-access.ts';
import { createTransport } from '../../../operator/kubernetes/src/api/transport.ts';
import { startTestCluster } from '../kubernetes/test-cluster.ts';
import { median } from './median.ts';
import type { Bench, BenchContext, BenchResult } from './types.ts';

const OBJECTS = 400;
const WORKERS = 32;
const ROUNDS = 5;
const MANAGER = 'bench';
const [GROUP, VERSION, NAMESPACE, PLURAL] = ['kubeplant.io', 'v1alpha1', 'default', 'sites'] as const;
const PATH = `/apis/${GROUP}/${VERSION}/namespaces/${NAMESPACE}/${PLURAL}`;

/** An object and its status applied, as a controller does at each reconcile. */
type Reconcile = (name: string, round: number) => Promise<void>;

/** What our transport makes of the API server, against the stock client on the same one. */
export const bench: Bench = {
  name: 'reconcile',
  description: `${OBJECTS} objects and their status applied server-side by ${WORKERS} workers, ours against @kubernetes/client-node, in processor time of the client; ${ROUNDS} rounds`,
  limitS: 1_800, // the first run on a machine builds the API server
  run: async ({ defer, step }: BenchContext): Promise<BenchResult> => {
    step('building or starting the API server');
    const started = await startTestCluster();
    if (started.kind === 'missing') throw new Error(started.reason);
    defer(() => started.cluster.stop());
    const { kubeconfig } = started.cluster;
    const transport = createTransport({ access: await kubeconfigAccess(kubeconfig), userAgent: 'bench' });
    defer(() => transport.close());
    const sides: Readonly<Record<'ours' | 'stock', Reconcile>> = { ours: viaTransport(transport), stock: viaStock(kubeconfig) };
    const rates = { ours: [] as Rates[], stock: [] as Rates[] };
    // The first round makes the objects and warms up.
    for (let round = 0; round < ROUNDS + 1; round += 1) {
      for (const [side, reconcile] of Object.entries(sides) as [keyof typeof sides, Reconcile][]) {
        step(`${side}, round ${round}`);
        const rate = await reconcileAll((name) => reconcile(`${side}-${name}`, round));
        if (round > 0) rates[side].push(rate);
      }
    }
    const [ours, peer] = [rates.ours.map(ofProcessor), rates.stock.map(ofProcessor)];
    const [clock, peerClock] = [median(rates.ours.map(byClock)), median(rates.stock.map(byClock))];
    const unit = 'reconciles per second of processor time';
    const by = `by the clock ${clock.toFixed(0)} against ${peerClock.toFixed(0)} reconciles/s (${(clock / peerClock).toFixed(2)}): the API server needs most of both cores for its own part`;
    return {
      ...{ name: 'reconcile', goal: 5, gate: 4.5, ratio: median(ours) / median(peer), unit, higherIsBetter: true, ours, peer },
      notes: [by, '@kubernetes/client-node opens a connection a request'],
    };
  },
};

/** Reconciles a second. */
interface Rates {
  readonly byClock: number;
  /** Of the client's processor time: what else the machine does is not in it. */
  readonly ofProcessor: number;
}

const byClock = (rates: Rates): number => rates.byClock;
const ofProcessor = (rates: Rates): number => rates.ofProcessor;

async function reconcileAll(reconcile: (name: string) => Promise<void>): Promise<Rates> {
  const left = Array.from({ length: OBJECTS }, (_, index) => `site-${index}`);
  const [startMs, before] = [performance.now(), process.cpuUsage()];
  const work = async (): Promise<void> => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) await reconcile(name);
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  const { user, system } = process.cpuUsage(before);
  return { byClock: (OBJECTS * 1000) / (performance.now() - startMs), ofProcessor: (OBJECTS * 1e6) / (user + system) };
}

const head = (name: string) => ({ apiVersion: `${GROUP}/${VERSION}`, kind: 'Site', metadata: { name, namespace: NAMESPACE } });
const bodyOf = (name: string, round: number) => ({ ...head(name), spec: { timezone: 'UTC', displayName: `round ${round}` } });
const statusOf = (name: string, round: number) => ({ ...head(name), status: { observedGeneration: round + 1 } });

function viaTransport(transport: ReturnType<typeof createTransport>): Reconcile {
  const apply = (path: string, body: object): Promise<unknown> =>
    transport.request('PATCH', path, { contentType: 'application/apply-patch+yaml', query: { fieldManager: MANAGER, force: true }, body });
  return async (name, round) => {
    await apply(`${PATH}/${name}`, bodyOf(name, round));
    await apply(`${PATH}/${name}/status`, statusOf(name, round));
  };
}

function viaStock(kubeconfig: string): Reconcile {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const api = config.makeApiClient(CustomObjectsApi);
  const options = setHeaderOptions('Content-Type', PatchStrategy.ServerSideApply);
  const place = { group: GROUP, version: VERSION, namespace: NAMESPACE, plural: PLURAL, fieldManager: MANAGER, force: true };
  return async (name, round) => {
    await api.patchNamespacedCustomObject({ ...place, name, body: bodyOf(name, round) }, options);
    await api.patchNamespacedCustomObjectStatus({ ...place, name, body: statusOf(name, round) }, options);
  };
}
