import type { Assignment } from '@kubeplant/plan';
import type { KubeObject } from '../api/kube-object.ts';
import { mayPoll } from './availability.ts';
import type { Knowledge } from './knowledge.ts';
import { readAssignment } from './shard-manifest.ts';

/** Remembers which channels each configuration held, to know what a collector still runs. */
export interface HeldChannels {
  /** Note what was written for a shard (`namespace/shard`). */
  written(shard: string, revision: string, channels: readonly string[]): void;
  /** What the collectors of a site run now, as far as anything confirms it. */
  read(site: { readonly configMaps: readonly KubeObject[]; readonly statefulSets: readonly KubeObject[] }, nowMs: number): Assignment;
}

/** A pod sees a changed ConfigMap within the kubelet's sync period of a minute, and a little. */
const PROPAGATION_MS = 90_000;
const MAX_REVISIONS = 8;

interface Written {
  readonly revision: string;
  readonly channels: readonly string[];
  readonly untilMs: number | undefined;
}

/** `propagationMs`: how long a collector nobody confirms may go on with an older configuration. */
export function createHeldChannels({ shardReports }: Pick<Knowledge, 'shardReports'>, propagationMs = PROPAGATION_MS): HeldChannels {
  const history = new Map<string, Written[]>();
  return {
    written: (shard, revision, channels) => {
      const before = history.get(shard) ?? [];
      if (before.at(-1)?.revision === revision) return;
      const nowMs = performance.now();
      const ended = before.map((item, index) => (index === before.length - 1 ? { ...item, untilMs: nowMs } : item));
      history.set(shard, [...ended, { revision, channels, untilMs: undefined }].slice(-MAX_REVISIONS));
    },
    read: ({ configMaps, statefulSets }, nowMs) => {
      const manifests = readAssignment(configMaps);
      const held: Record<string, readonly string[]> = {};
      for (const statefulSet of statefulSets) {
        const shard = `${statefulSet.metadata.namespace}/${statefulSet.metadata.name}`;
        if (!mayPoll(statefulSet)) continue;
        const versions = history.get(shard) ?? [];
        const report = shardReports.get(shard);
        const confirmed = report?.connected === true ? versions.find(({ revision }) => revision === report.configRevision) : undefined;
        const recent = versions.filter(({ untilMs }) => untilMs === undefined || nowMs - untilMs < propagationMs);
        held[shard] = confirmed?.channels ?? [...new Set([...(manifests[shard] ?? []), ...recent.flatMap(({ channels }) => channels)])];
      }
      return held;
    },
  };
}
