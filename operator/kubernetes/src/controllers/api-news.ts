import type { SiteHealth } from '@kubeplant/operator-link';
import type { Knowledge } from '../site/knowledge.ts';

/** What hearing from the api may change. */
export interface NewsDeps {
  readonly knowledge: Knowledge;
  readonly onDevice: (key: string) => void;
  readonly onRule: (key: string) => void;
  readonly onSite: (key: string) => void;
  /** A shard runs another configuration: a channel may be free now. */
  readonly onShard: (siteKey: string) => void;
}

/** Take in how the field answers. Only what changed is told. */
export function takeHealth({ namespace, site, shards, devices }: SiteHealth, { knowledge, onDevice, onShard, onSite }: NewsDeps): void {
  for (const report of devices) {
    knowledge.deviceReports.set(`${namespace}/${report.device}`, report);
    onDevice(`${namespace}/${report.device}`);
  }
  let moved = false;
  for (const report of shards) {
    const key = `${namespace}/${report.shard}`;
    const before = knowledge.shardReports.get(key);
    moved ||=
      before?.configRevision !== report.configRevision ||
      before.connected !== report.connected ||
      before.heldBlocks !== report.heldBlocks ||
      before.collectors !== report.collectors;
    knowledge.shardReports.set(key, report);
    if (report.connected) knowledge.availableAt.set(key, report.configRevision);
  }
  if (moved) onShard(`${namespace}/${site}`);
  onSite(`${namespace}/${site}`);
}

/** The api has a model: what it holds counts as published, also when the next one is on its way. */
export function takeAccepted(
  { namespace, site, revision }: { readonly namespace: string; readonly site: string; readonly revision: string },
  { knowledge, onDevice, onRule, onSite }: NewsDeps,
): void {
  const key = `${namespace}/${site}`;
  const judged = knowledge.sites.get(key);
  knowledge.accepted.set(key, revision);
  onSite(key);
  if (judged?.modelRevision !== revision) return;
  for (const [name, device] of judged.devices) {
    if (device.calculated && device.revision !== undefined && confirm(knowledge, `Device/${namespace}/${name}`, device.revision))
      onDevice(`${namespace}/${name}`);
  }
  for (const [name, rule] of judged.rules) {
    if (rule.revision !== undefined && confirm(knowledge, `AlarmRule/${namespace}/${name}`, rule.revision)) onRule(`${namespace}/${name}`);
  }
}

/** True when it was not confirmed in this form before. */
function confirm({ confirmed }: Knowledge, key: string, revision: string): boolean {
  const fresh = confirmed.get(key) !== revision;
  confirmed.set(key, revision);
  return fresh;
}
