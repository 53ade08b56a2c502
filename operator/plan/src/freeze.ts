import type { EffectiveDevice, EffectiveRule } from '@kubeplant/crds/model';
import { withRevision } from './merge-device.ts';
import type { PreviousPlan } from './types.ts';

/** The form a suspended Device had when it was last applied; undefined: it never was. */
export function frozenDevice(previous: PreviousPlan | undefined, namespace: string, name: string): EffectiveDevice | undefined {
  const fromModels = previous?.siteModels.filter((model) => model.namespace === namespace).flatMap((model) => model.devices);
  const fromShards = previous?.shards
    .filter((shard) => shard.namespace === namespace)
    .flatMap(({ config }) => config.channels.flatMap(({ devices }) => devices));
  const found = [...(fromModels ?? []), ...(fromShards ?? [])].find((device) => device.name === name);
  if (found?.simulated !== true) return found;
  const { revision: _, ...rest } = found;
  return withRevision({ ...rest, simulated: false });
}

/** The form a suspended AlarmRule had when it was last applied. */
export function frozenRule(previous: PreviousPlan | undefined, namespace: string, name: string): EffectiveRule | undefined {
  const rules = previous?.siteModels.filter((model) => model.namespace === namespace).flatMap((model) => model.rules);
  return rules?.find((rule) => rule.name === name);
}
