import type { CollectorClass } from '@kubeplant/crds';

/** Marks all that the operator makes. */
export const MANAGED_BY = 'app.kubernetes.io/managed-by';
export const MANAGER = 'kubeplant';
export const SITE_LABEL = 'kubeplant.io/site';
export const SHARD_LABEL = 'kubeplant.io/shard';
export const CLASS_LABEL = 'kubeplant.io/collector-class';
export const SIMULATION_LABEL = 'kubeplant.io/simulation';
export const NAME_LABEL = 'app.kubernetes.io/name';

type Labels = Readonly<Record<string, string>>;

/** Labels of everything of a site. */
export const siteLabels = (site: string): Labels => ({
  [MANAGED_BY]: MANAGER,
  'app.kubernetes.io/part-of': 'kubeplant',
  [SITE_LABEL]: site,
});

/** Labels of a collector and what belongs to it. */
export const shardLabels = (shard: { readonly site: string; readonly name: string; readonly collectorClass: string }): Labels => ({
  ...siteLabels(shard.site),
  [NAME_LABEL]: 'collector',
  'app.kubernetes.io/instance': shard.name,
  [CLASS_LABEL]: shard.collectorClass,
  [SHARD_LABEL]: shard.name,
});

const OURS = /^(app\.kubernetes\.io|kubeplant\.io)\//;

/** Labels a class adds to its pods; keys of ours stay ours. */
export const extraLabels = (spec: CollectorClass['spec'] | undefined): Labels =>
  Object.fromEntries(Object.entries(spec?.podLabels ?? {}).filter(([key]) => !OURS.test(key)));
