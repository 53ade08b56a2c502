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

/**
 * Which channels each shard holds: `<namespace>/<shard>` → channel keys. Kept in the shards' manifests and read back at
 * start. Names of shards repeat in other namespaces, where a Site has the same name.
 */
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
  /**
   * The channels each collector runs at this moment, as far as the host has it confirmed. A channel that moves stays
   * out of its new shard while another one still holds it. Absent: the host has nothing to confirm.
   */
  readonly held?: Assignment | undefined;
  /**
   * Shards (`<namespace>/<shard>`) that hold readings on a disk of their own. One that has no channel any more stays,
   * with nothing to poll, until its host leaves it out here.
   */
  readonly undrained?: Readonly<Record<string, { readonly site: string; readonly collectorClass: string }>> | undefined;
  /** What runs now: suspended resources keep the form they have in it. */
  readonly previous?: PreviousPlan | undefined;
}

/** The parts of an earlier plan that suspended resources are frozen in. */
export type PreviousPlan = Pick<Plan, 'siteModels' | 'shards' | 'simulators'>;

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
