import type { AlarmRule, CollectorClass, Device, DeviceProfile, Simulation, Site } from '@kubeplant/crds';
import type { Finding, ShardConfig, SimulatorConfig, SiteModel } from '@kubeplant/crds/model';

/** The resources a plan is made of, as declared (already valid by schema and CEL rules). */
export interface PlanResources {
  readonly sites: readonly Site[];
  readonly devices: readonly Device[];
  readonly profiles: readonly DeviceProfile[];
  readonly rules: readonly AlarmRule[];
  readonly classes: readonly CollectorClass[];
  readonly simulations: readonly Simulation[];
}

/** Which channels each shard holds: shard name → channel keys. Kept in the shards' manifests and read back at start. */
export type Assignment = Readonly<Record<string, readonly string[]>>;

/** Where the simulator of a channel listens: `<namespace>/<channel key>` → endpoint. */
export type SimulatorEndpoints = Readonly<Record<string, { readonly host: string; readonly port: number }>>;

/** What differs between the hosts. */
export interface PlanHost {
  readonly kind: 'kubernetes' | 'local';
  /** `local` on the local host. */
  readonly cluster: string;
  /** Local host: was `--simulate` given? Kubernetes: true (the Site alone decides). */
  readonly simulate: boolean;
  /** Hashes of the tokens valid for a shard, for the SiteModel. */
  readonly tokenHashes: (tenant: string, site: string, shard: string) => readonly string[];
}

/** Input of `plan`. */
export interface PlanInput {
  readonly resources: PlanResources;
  readonly assignment: Assignment;
  readonly simulators: SimulatorEndpoints;
  readonly host: PlanHost;
}

/** A shard and what its host needs beside the configuration. */
export interface PlannedShard {
  /** `<site>-<6 hex of sha256(site/class/protocol)>-<n>`. */
  readonly name: string;
  readonly namespace: string;
  readonly site: string;
  readonly collectorClass: string;
  readonly config: ShardConfig;
}

/** Output of `plan`. */
export interface Plan {
  readonly siteModels: readonly SiteModel[];
  readonly shards: readonly PlannedShard[];
  readonly simulators: readonly SimulatorConfig[];
  readonly assignment: Assignment;
  readonly findings: readonly Finding[];
}
