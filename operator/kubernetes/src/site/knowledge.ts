import type { SiteHealth } from '@kubeplant/operator-link';
import type { Outcome } from '../status/conditions.ts';

/** What the plan made of a resource, for its status. Judged at `generation`: a later one has its own turn. */
export interface Judged {
  readonly generation: number;
  readonly outcome: Outcome;
}

/** What became of a Device. */
export interface DeviceKnowledge extends Judged {
  /** Shard that holds it; undefined: calculated, or not applied. */
  readonly shard: string | undefined;
  readonly revision: string | undefined;
  readonly tags: number;
  readonly simulated: boolean;
  /** Applied when the api has confirmed a model with it. */
  readonly calculated: boolean;
}

/** What became of an AlarmRule. */
export interface RuleKnowledge extends Judged {
  readonly revision: string | undefined;
  readonly watched: number;
  readonly compiled: boolean;
}

/** What became of a Simulation. */
export interface SimulationKnowledge extends Judged {
  /** Name of its Deployment; undefined: nothing to serve. */
  readonly simulator: string | undefined;
}

/** What became of a site and its members, by name. */
export interface SiteKnowledge {
  readonly outcome: Outcome | undefined;
  readonly modelRevision: string;
  readonly devices: ReadonlyMap<string, DeviceKnowledge>;
  readonly rules: ReadonlyMap<string, RuleKnowledge>;
  readonly simulations: ReadonlyMap<string, SimulationKnowledge>;
  /** Shard → revision of its configuration. */
  readonly shards: ReadonlyMap<string, string>;
  /** Shards without a channel that stay until what is on their volume is committed. */
  readonly draining: ReadonlySet<string>;
}

export type DeviceReport = SiteHealth['devices'][number];
export type ShardReport = SiteHealth['shards'][number];

/** Memory of the operator; all of it can be made again from the cluster and the api. */
export interface Knowledge {
  readonly sites: Map<string, SiteKnowledge>;
  /** `namespace/device` → what its collector last said. */
  readonly deviceReports: Map<string, DeviceReport>;
  /** `namespace/shard` → what the api last said. */
  readonly shardReports: Map<string, ShardReport>;
  /** `namespace/site` → revision of the model the api has confirmed. */
  readonly accepted: Map<string, string>;
  /** `kind/namespace/name` → revision in a model the api has confirmed. */
  readonly confirmed: Map<string, string>;
  /** `namespace/shard` → configuration with which it was available at least once. */
  readonly availableAt: Map<string, string>;
  /** `namespace/site` of sites whose status this process has judged. */
  readonly judgedSites: Set<string>;
  /** When the api was last connected, or this process began; milliseconds of the monotonic clock. */
  heardMs: number;
}

/** What was known before a restart or a short break still counts this long. */
const GRACE_MS = 60_000;

/** Time for which what the api said earlier, or before this process began, still counts; 0: it is too old. */
export const graceMs = ({ heardMs }: Pick<Knowledge, 'heardMs'>): number => Math.max(0, heardMs + GRACE_MS - performance.now());

export const createKnowledge = (): Knowledge => ({
  sites: new Map(),
  deviceReports: new Map(),
  shardReports: new Map(),
  accepted: new Map(),
  confirmed: new Map(),
  availableAt: new Map(),
  judgedSites: new Set(),
  heardMs: performance.now(),
});
