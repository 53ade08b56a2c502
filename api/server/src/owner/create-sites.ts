import type { SiteModel } from '@kubeplant/crds/model';
import type { Hello } from '@kubeplant/proto';
import {
  type DeviceHealthView,
  type NotRecorded,
  type RecordingChange,
  type ResourceEdit,
  type ResourceEditResult,
  type Sites,
  Unavailable,
} from '../ports.ts';
import { createListeners } from './listeners.ts';
import { findSites, openModel } from './open-model.ts';
import { readModels, removeModel, saveModel } from './model-rows.ts';
import type { OwnerDeps } from './session.ts';
import type { StreamPort } from './shard-link.ts';
import { collectorsOf, type ShardView, shardsOf } from './site-views.ts';
import { type Opened, type SiteOwner, startSiteOwner } from './site-owner.ts';

/** What a change of health is about. */
export interface HealthChange {
  readonly tenant: string;
  readonly site: string;
  readonly devices: readonly string[];
}

/** Result of giving a model to the owners. */
export type ModelResult =
  | { readonly kind: 'accepted'; readonly model: SiteModel }
  | { readonly kind: 'malformed'; readonly message: string };

/** Carries an edit to the operator. */
type Editor = (edit: ResourceEdit) => Promise<ResourceEditResult>;

/** The sites of this process: for HTTP, and for ingest and the operator's connection. */
export interface OwnedSites extends Sites {
  /** Own the sites whose models are in the database. */
  start(): Promise<void>;
  open(hello: Hello, port: StreamPort): Opened;
  /** Keep a model and apply it hot. Rejects when it cannot be kept. */
  applyModel(model: {
    readonly tenant: string;
    readonly site: string;
    readonly revision: string;
    readonly body: Uint8Array;
  }): Promise<ModelResult>;
  removeSite(tenant: string, site: string): Promise<void>;
  shards(tenant: string, site: string): readonly ShardView[];
  deviceHealth(tenant: string, site: string): ReadonlyMap<string, DeviceHealthView>;
  onHealth(listener: (change: HealthChange) => void): () => void;
  /** Who carries edits to the operator; the newest one counts. */
  setEditor(editor: Editor): void;
  clearEditor(editor: Editor): void;
  stop(): Promise<void>;
}

interface SitesDeps extends OwnerDeps {
  /** Stable name of this process, e.g. `api-0`: it retakes its sites at once. */
  readonly replica: string;
  /** Where collectors of other replicas are sent: `host:port` of ingest. */
  readonly endpoint: string;
}

export function createSites(deps: SitesDeps): OwnedSites {
  const owners = new Map<string, SiteOwner>();
  const health = createListeners<HealthChange>();
  const recording = createListeners<RecordingChange>();
  let editor: Editor | undefined;
  let tail: Promise<unknown> = Promise.resolve();
  const keyOf = (tenant: string, site: string): string => `${tenant} ${site}`;
  const find = (tenant: string, site: string): SiteOwner | undefined => owners.get(keyOf(tenant, site));
  /** Models are taken one after the other, in the order they came. */
  const inOrder = <T>(run: () => Promise<T>): Promise<T> => {
    const done = tail.then(run);
    tail = done.catch(() => {});
    return done;
  };
  const own = (model: SiteModel): void => {
    const { tenant, site } = model;
    const changed = (devices: readonly string[]): void => health.tell({ tenant, site, devices });
    const board = { health: new Map(), offline: new Set<string>(), linked: new Map(), changed };
    const onRecording = (notRecorded: NotRecorded | undefined): void =>
      recording.tell({ tenant, site, ...(notRecorded === undefined ? {} : { notRecorded }) });
    owners.set(keyOf(tenant, site), startSiteOwner(deps, { identity: deps, model, board, onRecording }));
  };
  return {
    start: async () => {
      for (const { body, tenant, site } of await readModels(deps.store)) {
        const opened = openModel(body);
        if (opened.kind === 'model') own(opened.model);
        else deps.log.error({ tenant, site, reason: opened.message }, 'a stored model cannot be read; the operator will send it again');
      }
    },
    models: () => [...owners.values()].map((owner) => owner.model()),
    model: (tenant, site) => find(tenant, site)?.model(),
    health: (tenant, device) =>
      findSites(owners.values(), tenant)
        .find((owner) => owner.board.health.has(device))
        ?.board.health.get(device),
    deviceHealth: (tenant, site) => find(tenant, site)?.board.health ?? new Map(),
    shards: (tenant, site) => shardsOf(find(tenant, site)),
    act: async (tenant, site, action) => {
      const owner = find(tenant, site);
      if (owner === undefined) return { kind: 'unknown' };
      return owner.act(action);
    },
    edit: async (edit) => {
      if (editor === undefined) throw new Unavailable('no operator is connected: the change was not made; try again when it is');
      return editor(edit);
    },
    rate: (tenant, site) => find(tenant, site)?.rate() ?? 0,
    recording: (tenant, site) => {
      const owner = find(tenant, site);
      return owner !== undefined && owner.notRecorded() === undefined;
    },
    notRecorded: (tenant, site) => find(tenant, site)?.notRecorded(),
    onRecording: recording.add,
    collectors: (tenant, site) => collectorsOf(find(tenant, site)),
    open: (hello, port) => find(hello.tenant, hello.site)?.open(hello, port) ?? { kind: 'redirect', endpoint: '', retryAfterMs: 1_000 },
    applyModel: (sent) =>
      inOrder(async () => {
        const opened = openModel(sent.body);
        if (opened.kind === 'malformed') return opened;
        const { model } = opened;
        if (model.tenant !== sent.tenant || model.site !== sent.site || model.revision !== sent.revision) {
          return {
            kind: 'malformed',
            message: `the model is of ${model.tenant}/${model.site} revision ${model.revision}, not of ${sent.tenant}/${sent.site} revision ${sent.revision}`,
          };
        }
        const owner = find(sent.tenant, sent.site);
        await saveModel(deps.store, { model, body: sent.body, before: owner?.model(), nowUs: deps.nowUs() });
        if (owner === undefined) own(model);
        else await owner.setModel(model);
        return { kind: 'accepted', model };
      }),
    removeSite: (tenant, site) =>
      inOrder(async () => {
        const owner = find(tenant, site);
        // Its standing alarms are retired and its devices marked as removed, before the model is forgotten.
        if (owner !== undefined) await owner.setModel({ ...owner.model(), devices: [], rules: [], shards: [], simulations: [] });
        await removeModel(deps.store, tenant, site, deps.nowUs());
        owners.delete(keyOf(tenant, site));
        await owner?.stop();
        deps.hub.forget(tenant, site);
      }),
    onHealth: health.add,
    setEditor: (next) => {
      editor = next;
    },
    clearEditor: (gone) => {
      if (editor === gone) editor = undefined;
    },
    stop: async () => {
      await Promise.all([...owners.values()].map((owner) => owner.stop()));
    },
  };
}
