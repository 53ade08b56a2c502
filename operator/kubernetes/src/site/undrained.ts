import type { PlanInput } from '@kubeplant/plan';
import type { KubeObject } from '../api/kube-object.ts';
import { bufferOf } from './buffer-volume.ts';
import type { Knowledge } from './knowledge.ts';
import { CLASS_LABEL, SHARD_LABEL, SITE_LABEL } from './labels.ts';

/** Collectors with a volume, as far as it is not known that nothing is on it. */
export function undrainedShards(
  siteKey: string,
  statefulSets: readonly KubeObject[],
  { sites, shardReports }: Pick<Knowledge, 'sites' | 'shardReports'>,
): NonNullable<PlanInput['undrained']> {
  const judged = sites.get(siteKey);
  const shards: Record<string, { readonly site: string; readonly collectorClass: string }> = {};
  for (const statefulSet of statefulSets) {
    const { namespace, labels, deletionTimestamp } = statefulSet.metadata;
    const [shard, site, collectorClass] = [labels?.[SHARD_LABEL], labels?.[SITE_LABEL], labels?.[CLASS_LABEL]];
    if (shard === undefined || site === undefined || collectorClass === undefined) continue;
    if (deletionTimestamp !== undefined || bufferOf(statefulSet) === undefined) continue;
    const report = shardReports.get(`${namespace}/${shard}`);
    const isEmpty =
      judged?.draining.has(shard) === true &&
      report?.connected === true &&
      report.configRevision === judged.shards.get(shard) &&
      report.heldBlocks === 0 &&
      Math.max(1, report.collectors) >= collectorsOf(statefulSet); // each of a Warm pair has a volume
    if (!isEmpty) shards[`${namespace}/${shard}`] = { site, collectorClass };
  }
  return shards;
}

const collectorsOf = ({ spec }: KubeObject): number => (spec as { readonly replicas?: number } | undefined)?.replicas ?? 1;
