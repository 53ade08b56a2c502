/**
 * The walls inside the api. `owner/` (ingest, engine, commit) implements `Sites` and `LiveHub.publish*`;
 * `store/` implements `Readings`; `actions/`, `http/` and `live/` only use them.
 */
import type { SiteModel } from '@kubeplant/crds/model';
import type { ActionResult, AlarmAction, AlarmState, AlarmTransition } from '@kubeplant/engine';
import type { Origin } from '@kubeplant/words';
import type pg from 'pg';
import type { SumAnswer, SumQuery } from './store/rollups/sum-query.ts';
import type { Meaning } from './store/rollups/summary.ts';
import type { SiteDay } from './store/rollups/site-days.ts';

/** What was asked for cannot be done now, and may be done later: no owner, no database, no operator. HTTP answers 503. */
export class Unavailable extends Error {
  override name = 'Unavailable';
  readonly code = 'unavailable';
}

/** `tag.tag_id`. */
export type TagId = number & { readonly __brand: 'TagId' };

/** What a request may see: tenants (`<cluster>/<namespace>`, `*` for all) and, in each, sites (`*` for all). */
export interface Scope {
  readonly grants: readonly { readonly tenant: string; readonly site: string }[];
}

/** A connection inside a transaction whose row-level security is bound to a scope. */
export type ScopedClient = Pick<pg.PoolClient, 'query'> & { readonly __scoped: true };

/** The only way to a request's connection. An empty scope sees no rows. */
export type WithScope = <T>(scope: Scope, run: (client: ScopedClient) => Promise<T>) => Promise<T>;

/** Latest value of a tag, as shown. `value` is null where there is no number; `text` for text tags. */
export interface LiveValue {
  readonly tagId: TagId;
  readonly tenant: string;
  readonly site: string;
  /** `namespace/device/tag`. */
  readonly path: string;
  readonly timeUs: number;
  readonly value: number | null;
  readonly text?: string;
  readonly status: number;
  readonly flags: number;
  readonly origin: Origin;
}

/**
 * Last values in memory and who wants to know. The owner publishes after the commit: what is shown is recorded. While
 * the database is away it publishes from memory (`Sites.notRecorded`), and records the same when it is back.
 */
export interface LiveHub {
  publishValues(values: readonly LiveValue[]): void;
  publishAlarms(event: LiveAlarms): void;
  latest(tenant: string, path: string): LiveValue | undefined;
  /** Forget the series of a site (its owner is gone or its model removed them). */
  forget(tenant: string, site: string): void;
  onValues(listener: (values: readonly LiveValue[]) => void): () => void;
  onAlarms(listener: (event: LiveAlarms) => void): () => void;
}

/** Alarm changes of one commit. */
export interface LiveAlarms {
  readonly tenant: string;
  readonly site: string;
  readonly states: readonly AlarmState[];
  readonly transitions: readonly AlarmTransition[];
}

/** How the field answers for one device. */
export interface DeviceHealthView {
  readonly shard: string;
  readonly revision: string;
  readonly connected: boolean;
  readonly dataFlowing: boolean;
  readonly reason: string;
  readonly message: string;
  readonly tags: number;
  readonly badTags: number;
  readonly rejected: readonly { readonly tag: string; readonly reason: string }[];
  /** When the collector said so, milliseconds since 1970. */
  readonly sinceMs: number;
}

/** A console edit on its way to the operator. */
export interface ResourceEdit {
  readonly method: 'PUT' | 'DELETE';
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly object?: unknown;
  readonly resourceVersion?: string;
  readonly dryRun: boolean;
  readonly user: string;
}

/** Answer of the operator; `status` is the HTTP status. */
export interface ResourceEditResult {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
  readonly object?: unknown;
  readonly yaml?: string;
}

/** Since when, and why, what is shown of a site is not in the history. */
export interface NotRecorded {
  readonly sinceUs: number;
  /** A sentence for people. */
  readonly reason: string;
}

/** Recording of a site has ended, or begins again (`notRecorded` absent). */
export interface RecordingChange {
  readonly tenant: string;
  readonly site: string;
  readonly notRecorded?: NotRecorded;
}

/** One collector that has a stream for a shard, as its owner knows it. */
export interface CollectorView {
  readonly shard: string;
  /** Name of the pod or process. */
  readonly instance: string;
  /** Of the collectors of a shard at most one is `Active`: it polls. */
  readonly standing: 'Active' | 'Standby';
  /** Why it stands by, as `Reason: sentence`; empty when it is active. */
  readonly reason: string;
  /** What it says is wrong with itself, as `Reason: sentence`. */
  readonly problem?: string;
}

/** What the HTTP side may ask of the site owners in this process. */
export interface Sites {
  models(): readonly SiteModel[];
  model(tenant: string, site: string): SiteModel | undefined;
  health(tenant: string, device: string): DeviceHealthView | undefined;
  /** Applied in the owner's next commit; resolves when that is durable. Rejects with `Unavailable` when the database is away. */
  act(tenant: string, site: string, action: AlarmAction): Promise<ActionResult>;
  /** Rejects with `Unavailable` when no operator is connected. */
  edit(edit: ResourceEdit): Promise<ResourceEditResult>;
  /** Committed readings per second over the last 10 s, by site. */
  rate(tenant: string, site: string): number;
  /** True when the owner could commit last time it tried. */
  recording(tenant: string, site: string): boolean;
  /** Since when and why not; undefined while `recording`. Values and alarms go on from memory under this banner. */
  notRecorded(tenant: string, site: string): NotRecorded | undefined;
  /** Told when recording of a site ends and begins again. */
  onRecording(listener: (change: RecordingChange) => void): () => void;
  /** Collectors that have a stream now, by shard; a shard without any is not named. */
  collectors(tenant: string, site: string): readonly CollectorView[];
}

/** One stored reading. */
export interface StoredReading {
  readonly timeUs: number;
  readonly value: number | string | null;
  readonly status: number;
  readonly flags: number;
  readonly receivedUs: number;
}

/** A tag as the store knows it. */
export interface StoredTag {
  readonly tagId: TagId;
  readonly tenant: string;
  readonly site: string;
  readonly device: string;
  readonly name: string;
  readonly origin: Origin;
  readonly text: boolean;
}

/** History, reached only through tag ids resolved under row-level security in the same transaction. */
export interface Readings {
  /** Resolve `device/tag` of a tenant; undefined when it does not exist or the scope may not see it. `origin` absent: the one in force. */
  tag(client: ScopedClient, key: { tenant: string; device: string; name: string; origin?: Origin }): Promise<StoredTag | undefined>;
  /** Last checkpointed reading of many tags, by tag id: what to show where no owner in this process has a newer one. */
  latest(client: ScopedClient, tagIds: readonly TagId[]): Promise<ReadonlyMap<TagId, StoredReading>>;
  /** Readings in [fromUs, toUs), at most `limit`; `cursor` is opaque and continues after the last one, duplicates of one time included. */
  raw(
    client: ScopedClient,
    tag: StoredTag,
    range: { fromUs: number; toUs: number; limit: number; order: 'asc' | 'desc'; cursor?: string },
  ): Promise<{ readings: StoredReading[]; nextCursor?: string }>;
  /** Buckets of a range, from sums where they hold and from readings elsewhere. */
  sums(client: ScopedClient, tag: StoredTag, query: SumQuery): Promise<SumAnswer>;
  /** How many readings the sums of a range know of: what is not summed up yet is missing. */
  counted(client: ScopedClient, tag: StoredTag, range: { fromUs: number; toUs: number }): Promise<number>;
  /** What values of the tag meant, in order of time; the first holds for what is older too. */
  meanings(client: ScopedClient, tag: StoredTag): Promise<readonly Meaning[]>;
  /** How the site of a tag counts its days. */
  siteDay(client: ScopedClient, tag: StoredTag): Promise<SiteDay>;
  /** All readings of a range in time order, streamed with bounded memory; the iterator must be finished or returned. */
  stream(client: ScopedClient, tag: StoredTag, range: { fromUs: number; toUs: number }): AsyncIterable<readonly StoredReading[]>;
  /** Spans during which the device's tags were confirmed, clipped to the range. Outside them is a gap. */
  observed(
    client: ScopedClient,
    tag: StoredTag,
    range: { fromUs: number; toUs: number },
  ): Promise<readonly { fromUs: number; untilUs: number }[]>;
}
