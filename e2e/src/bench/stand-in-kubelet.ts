import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@kubeplant/kit';
import { kubeconfigAccess } from '../../../operator/kubernetes/src/api/cluster-access.ts';
import { type KubeObject, pathOf, type ResourceType } from '../../../operator/kubernetes/src/api/kube-object.ts';
import { CHILD_TYPES, SECRET } from '../../../operator/kubernetes/src/api/resource-types.ts';
import { createTransport } from '../../../operator/kubernetes/src/api/transport.ts';
import { startReflector } from '../../../operator/kubernetes/src/cache/reflector.ts';
import { createStore, type Store } from '../../../operator/kubernetes/src/cache/store.ts';
import { until } from '../plant/run-plant.ts';
import { envOf, type Pod, writeVolume } from './pod-files.ts';
import type { BenchContext } from './types.ts';

const POD: ResourceType = { group: '', version: 'v1', plural: 'pods', kind: 'Pod', namespaced: true };
const COLLECTORS = 'app.kubernetes.io/name=collector';
const PACKAGE = fileURLToPath(new URL('../../../dist/package/', import.meta.url));
/** A Pod has a network of its own; here it is the machine's. */
const NETWORK = { KUBEPLANT_PROBE_HOST: '127.0.0.1', KUBEPLANT_PROBE_PORT: '0' };

interface Mounted {
  readonly pod: Pod;
  /** A folder for each volume is below it. */
  readonly folder: string;
}

interface Running extends Mounted {
  readonly child: ChildProcess;
}

type Files = ReadonlyMap<string, Uint8Array>;
type SecretOf = (namespace: string, name: string) => Promise<Files>;

/**
 * Carry out the Pods of collectors as processes, in place of scheduler, kubelet and container runtime, until the bench ends:
 * with the variables and volumes of their template, below `folder`. Images are there at once, and a changed ConfigMap is in its
 * files as soon as the watch tells of it.
 */
export async function startStandInKubelet({ defer }: BenchContext, kubeconfig: string, folder: string): Promise<void> {
  const transport = createTransport({ access: await kubeconfigAccess(kubeconfig), userAgent: 'stand-in-kubelet' });
  const stop = new AbortController();
  const running: Running[] = [];
  defer(async () => {
    stop.abort();
    for (const { child } of running) child.kill('SIGKILL');
    await transport.close();
  });
  const log = createLogger({ name: 'stand-in-kubelet', level: 'error' });
  const follow = (type: ResourceType): Store<KubeObject> => {
    const store = createStore();
    startReflector({ transport, type, store, labelSelector: COLLECTORS, ingest: (object) => object, log }, stop.signal);
    return store;
  };
  const maps = follow(CHILD_TYPES.ConfigMap);
  const secretOf: SecretOf = async (namespace, name) =>
    dataOf((await transport.request('GET', pathOf(SECRET, { namespace, name }))) as KubeObject);
  follow(POD).onEvent(({ kind, object }) => {
    const pod = object as unknown as Pod; // made from the operator's template
    if (kind === 'added') void startPod(pod, join(folder, pod.metadata.namespace, pod.metadata.name), { maps, secretOf, running });
  });
  maps.onEvent(({ object }) => {
    for (const one of running) if (one.pod.metadata.namespace === object.metadata.namespace) mountMaps(one, maps);
  });
}

async function startPod(
  pod: Pod,
  folder: string,
  { maps, secretOf, running }: { readonly maps: Store<KubeObject>; readonly secretOf: SecretOf; readonly running: Running[] },
): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (const { name, secret } of pod.spec.volumes) {
    mkdirSync(join(folder, name));
    if (secret !== undefined)
      writeVolume(
        join(folder, name),
        await until(`Secret ${secret.secretName}`, () => secretOf(pod.metadata.namespace, secret.secretName)),
      );
  }
  mountMaps({ pod, folder }, maps);
  const log = openSync(join(folder, 'log'), 'a');
  const child = spawn(process.execPath, [programOf(pod)], {
    env: { PATH: process.env.PATH, ...envOf(pod, folder), ...NETWORK },
    stdio: ['ignore', log, log, 'ipc'],
  });
  running.push({ pod, folder, child });
}

/** `kubeplant/collector-modbus:0.1.0` has one program. */
const programOf = ({ spec }: Pod): string => join(PACKAGE, `${/^kubeplant\/([a-z-]+):/.exec(spec.containers[0].image)?.[1]}.js`);

/** All ConfigMaps of a Pod are optional. */
function mountMaps({ pod, folder }: Mounted, maps: Store<KubeObject>): void {
  for (const { name, projected } of pod.spec.volumes) {
    if (projected === undefined) continue;
    const objects = projected.sources.flatMap(({ configMap }) => maps.get(`${pod.metadata.namespace}/${configMap.name}`) ?? []);
    writeVolume(join(folder, name), new Map(objects.flatMap((map) => [...dataOf(map)])));
  }
}

/** Contents of a Secret, or what a ConfigMap has in binary. */
function dataOf({ kind, data, binaryData }: KubeObject): Files {
  const encoded = (kind === 'Secret' ? data : binaryData) as Readonly<Record<string, string>> | undefined; // the type of both
  return new Map(Object.entries(encoded ?? {}).map(([name, text]) => [name, Buffer.from(text, 'base64')]));
}
