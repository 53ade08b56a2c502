import { createLogger } from '@kubeplant/kit';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { createKubeApi, type KubeApi } from '../../../../e2e/src/kubernetes/kube-api.ts';
import { CHILD_TYPES } from '../api/resource-types.ts';
import { createTransport, type Transport } from '../api/transport.ts';
import type { KubeObject } from '../api/kube-object.ts';
import { type FaultProxy, startFaultProxy } from '../testing/fault-proxy.ts';
import { type Reflector, startReflector } from './reflector.ts';
import { createStore, type StoreEvent } from './store.ts';

const kubeconfig = inject('kubeconfig');
const until = <T>(check: () => Promise<T> | T) => vi.waitFor(check, { timeout: 15_000, interval: 20 });
let number = 0;

describe.skipIf(kubeconfig === '')('a reflector', () => {
  let admin: KubeApi;
  let proxy: FaultProxy;
  let transport: Transport;
  let stop: AbortController;
  let namespace: string;
  let reflector: Reflector | undefined;
  const store = () => createStore<KubeObject>();

  beforeEach(async () => {
    admin = createKubeApi(kubeconfig);
    namespace = `reflector-${number++}`;
    await admin.must('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
    proxy = await startFaultProxy(kubeconfig);
    transport = createTransport({ access: proxy.access, userAgent: 'test' });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await reflector?.done;
    await transport.close();
    await proxy.close();
    admin.close();
  });

  const maps = () => `/api/v1/namespaces/${namespace}/configmaps`;
  const create = (name: string) =>
    admin.must('POST', maps(), { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { mine: 'yes' } } });
  const start = (into: ReturnType<typeof store>, silenceMs?: number) => {
    const log = createLogger({ name: 'test', level: 'silent' });
    const options = silenceMs === undefined ? {} : { silenceMs };
    reflector = startReflector(
      {
        transport,
        type: CHILD_TYPES.ConfigMap,
        namespace,
        labelSelector: 'mine=yes',
        store: into,
        ingest: (object) => object,
        log,
        backoffMs: { minMs: 20, maxMs: 100 },
        ...options,
      },
      stop.signal,
    );
    return reflector;
  };
  const names = (from: ReturnType<typeof store>) =>
    from
      .list()
      .map(({ metadata }) => metadata.name)
      .sort();

  it('follows what is created, changed and deleted', async () => {
    const seen = store();
    await create('a');
    await start(seen).synced;
    expect(names(seen)).toEqual(['a']);
    await create('b');
    await until(() => expect(names(seen)).toEqual(['a', 'b']));
    await admin.must('DELETE', `${maps()}/a`);
    await until(() => expect(names(seen)).toEqual(['b']));
  });

  it('lists again and again until the server answers', async () => {
    let failures = 3;
    proxy.fault = ({ watch }) => (!watch && failures-- > 0 ? { kind: 'status', status: 500 } : undefined);
    const seen = store();
    await create('a');
    await start(seen).synced;
    expect(names(seen)).toEqual(['a']);
  });

  it('misses nothing when its watch is cut, and does not list again', async () => {
    const seen = store();
    await start(seen).synced;
    await create('a');
    await until(() => expect(names(seen)).toEqual(['a']));
    proxy.cutWatches();
    await create('b');
    await until(() => expect(names(seen)).toEqual(['a', 'b']));
    expect(proxy.seen.filter((kind) => kind === 'list')).toHaveLength(1);
  });

  it('misses nothing when an event is cut in the middle', async () => {
    const seen = store();
    let cuts = 2;
    proxy.fault = ({ watch }) => (watch && cuts-- > 0 ? { kind: 'cut' } : undefined);
    await start(seen).synced;
    await create('a');
    await until(() => expect(names(seen)).toEqual(['a']));
  });

  it('keeps what it has while the server is failing, and goes on where it was', async () => {
    const seen = store();
    await start(seen).synced;
    await create('a');
    await until(() => expect(names(seen)).toEqual(['a']));
    proxy.fault = () => ({ kind: 'status', status: 500 });
    proxy.cutWatches();
    await create('b');
    await until(() => expect(proxy.seen.length).toBeGreaterThan(5));
    expect(names(seen)).toEqual(['a']);
    proxy.fault = () => undefined;
    await until(() => expect(names(seen)).toEqual(['a', 'b']));
  });

  it('lists again after 410 and tells an object that was made anew from one that changed', async () => {
    const seen = store();
    const events: string[] = [];
    seen.onEvent(({ kind, object }: StoreEvent<KubeObject>) => events.push(`${kind} ${object.metadata.name}`));
    await create('a');
    await start(seen).synced;
    const gone = JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' } });
    let once = true;
    proxy.fault = ({ watch }) => (watch && once ? { kind: 'silent' } : undefined);
    proxy.cutWatches();
    await admin.must('DELETE', `${maps()}/a`);
    await create('a');
    proxy.fault = ({ watch }) => {
      if (!watch || !once) return undefined;
      once = false;
      return { kind: 'status', status: 200, body: `${gone}\n` };
    };
    proxy.cutWatches();
    await until(() => expect(events).toEqual(['added a', 'deleted a', 'added a']));
    expect(proxy.seen.filter((kind) => kind === 'list').length).toBe(2);
  });

  it('leaves a watch that says nothing', async () => {
    const seen = store();
    let silent = true;
    proxy.fault = ({ watch }) => (watch && silent ? { kind: 'silent' } : undefined);
    await start(seen, 300).synced;
    await create('a');
    await until(() => expect(proxy.seen.filter((kind) => kind === 'watch').length).toBeGreaterThan(1));
    silent = false;
    await until(() => expect(names(seen)).toEqual(['a']));
  });
});
