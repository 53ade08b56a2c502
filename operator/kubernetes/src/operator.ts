import { type Kind, KINDS } from '@kubeplant/crds';
import type { Logger } from '@kubeplant/kit';
import { type KubeObject, keyOf } from './api/kube-object.ts';
import type { Transport } from './api/transport.ts';
import type { Caches } from './cache/caches.ts';
import type { StoreEvent } from './cache/store.ts';
import { takeAccepted, takeHealth } from './controllers/api-news.ts';
import { followCaches, sitesOf } from './controllers/follow-caches.ts';
import { createStatusReconcilers } from './controllers/status-controllers.ts';
import { createApplier } from './runtime/apply-child.ts';
import type { EventRecorder } from './runtime/events.ts';
import type { OperatorMetrics } from './runtime/metrics.ts';
import { type Controller, runController } from './runtime/run-controller.ts';
import type { CollectorSettings } from './site/build-stateful-set.ts';
import { createServiceFinder } from './site/find-services.ts';
import { createHeldChannels } from './site/held-channels.ts';
import { createKnowledge, graceMs } from './site/knowledge.ts';
import { type ModelPort, reconcileSite } from './site/reconcile-site.ts';
import { createStatusWriter } from './status/write-status.ts';
import type { SiteHealth } from '@kubeplant/operator-link';

/** What the api says; given to whoever connects it. */
export interface ApiNews {
  health(health: SiteHealth): void;
  accepted(accepted: { readonly namespace: string; readonly site: string; readonly revision: string }): void;
}

/** A connection to the api. `synced`: every site has been published once. */
export interface ModelConnection extends ModelPort {
  synced(): void;
  isConnected(): boolean;
  close(): Promise<void>;
}

/** What the operator is made of once it leads. */
export interface OperatorDeps {
  readonly caches: Caches;
  readonly transport: Transport;
  readonly events: EventRecorder;
  readonly log: Logger;
  readonly metrics: OperatorMetrics;
  readonly cluster: string;
  readonly rootKey: string;
  readonly caPem: string;
  readonly settings: CollectorSettings & { readonly simulatorImage: string };
  readonly ingest: { readonly host: string; readonly port: number };
  /** Undefined: run without an api. */
  readonly connectApi: ((news: ApiNews) => ModelConnection) | undefined;
  /** How long a collector that nobody confirms may go on with an older configuration. */
  readonly propagationMs?: number | undefined;
  readonly now: () => Date;
}

/** Changes within this time are planned together. */
const SETTLE_MS = 100;
const LISTEN_MS = 5000;
const RESYNC_MS = 600_000;
const NO_API: ModelConnection = { publish: () => {}, remove: () => {}, synced: () => {}, isConnected: () => false, close: async () => {} };

/** Run all controllers. The caches must be complete. Resolves `close` when what is being written is written. */
export function startOperator(deps: OperatorDeps): { close(): Promise<void> } {
  const { caches, log, metrics, transport, connectApi } = deps;
  const knowledge = createKnowledge();
  const writer = createStatusWriter(deps);
  const controllers = new Map<Kind, Controller>();
  const judge = (kind: Kind, key: string, delayMs?: number): void => {
    const queue = controllers.get(kind)?.queue;
    if (delayMs === undefined) queue?.add(key);
    else queue?.addAfter(key, delayMs);
  };
  const planSite = (key: string): void => sites.queue.addAfter(key, SETTLE_MS);
  const news = {
    knowledge,
    onDevice: (key: string) => judge('Device', key),
    onRule: (key: string) => judge('AlarmRule', key),
    onSite: (key: string) => judge('Site', key),
    onShard: planSite,
  };
  const api =
    connectApi?.({ health: (health) => takeHealth(health, news), accepted: (accepted) => takeAccepted(accepted, news) }) ?? NO_API;
  const siteDeps = {
    ...deps,
    knowledge,
    applier: createApplier({
      transport,
      metrics,
      controller: 'site',
      cached: (type, key) => (type.kind in caches.children ? caches.children[type.kind as keyof Caches['children']].get(key) : undefined),
    }),
    held: createHeldChannels(knowledge, deps.propagationMs),
    statefulSet: (key: string) => caches.children.StatefulSet.get(key),
    frozen: new Map(),
    served: new Set<string>(),
    packed: new Map(),
    model: api,
    findServices: createServiceFinder(transport),
    onJudged: judge,
  };
  const unpublished = sitesOf(caches);
  const tellSynced = (key: string): void => {
    if (unpublished.delete(key) && unpublished.size === 0) api.synced();
  };
  const sites = runController(
    {
      name: 'site',
      // One plan in memory at a time: it is what the operator needs most memory for.
      concurrency: 1,
      reconcile: async (key) => {
        const result = await reconcileSite(key, siteDeps);
        tellSynced(key);
        return result;
      },
    },
    { log, metrics },
  );
  const reconcilers = createStatusReconcilers({ caches, knowledge, hasApi: connectApi !== undefined, writer, events: deps.events });
  for (const { kind } of Object.values(KINDS)) {
    controllers.set(
      kind,
      runController(
        { name: `${kind.toLowerCase()}-status`, concurrency: kind === 'Device' ? 16 : 2, reconcile: reconcilers[kind] },
        { log, metrics },
      ),
    );
  }
  for (const { kind } of Object.values(KINDS)) {
    caches.own[kind].onEvent((event: StoreEvent<KubeObject>) => {
      if (event.kind === 'deleted') writer.forget(event.object.metadata.uid ?? '');
    });
  }
  followCaches({ caches, knowledge, planSite, judge });
  if (unpublished.size === 0) api.synced();
  for (const key of sitesOf(caches)) planSite(key);
  for (const kind of ['DeviceProfile', 'CollectorClass'] as const) for (const object of caches.own[kind].list()) judge(kind, keyOf(object));
  const resync = setInterval(
    () => {
      for (const key of sitesOf(caches)) sites.queue.add(key, 'low');
    },
    RESYNC_MS * (0.9 + Math.random() * 0.2),
  );
  let connected = true;
  const listen = setInterval(() => {
    if (api.isConnected()) knowledge.heardMs = performance.now();
    const present = graceMs(knowledge) > 0;
    if (present !== connected) for (const device of caches.own.Device.list()) judge('Device', keyOf(device));
    connected = present;
  }, LISTEN_MS);
  return {
    close: async () => {
      clearInterval(resync);
      clearInterval(listen);
      await Promise.all([sites, ...controllers.values()].map((controller) => controller.close()));
      await api.close();
    },
  };
}
