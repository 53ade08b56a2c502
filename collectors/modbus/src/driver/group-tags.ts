import type { EffectiveDevice } from '@kubeplant/crds/model';
import { durationMs } from '@kubeplant/words';
import { ReadGroup } from '../plan/read-group.ts';
import { createDecoderCache } from '../values/decode-value.ts';
import { type TagPoint, toTagPoint } from '../plan/tag-point.ts';

/** A device's tags by sampling interval, fastest first; tags that cannot be read, with the reason. */
export interface GroupedTags {
  readonly groups: readonly { readonly group: ReadGroup; readonly intervalMs: number }[];
  readonly unreadable: readonly { readonly tag: string; readonly message: string }[];
}

const SHORTEST_INTERVAL_MS = 10;

/** Group a device's tags for polling. */
export function groupTags(device: EffectiveDevice): GroupedTags {
  const byInterval = new Map<number, TagPoint[]>();
  const unreadable: { tag: string; message: string }[] = [];
  const decoderOf = createDecoderCache();
  for (const tag of device.tags) {
    const result = toTagPoint(device, tag, decoderOf);
    if (result.kind === 'unreadable') {
      unreadable.push({ tag: tag.name, message: result.message });
      continue;
    }
    const intervalMs = Math.max(SHORTEST_INTERVAL_MS, durationMs(tag.samplingInterval));
    const points = byInterval.get(intervalMs) ?? [];
    points.push(result.point);
    byInterval.set(intervalMs, points);
  }
  const limits = {
    maxRegistersPerRead: device.modbusTcp?.maxRegistersPerRead ?? 125,
    maxBitsPerRead: device.modbusTcp?.maxBitsPerRead ?? 2000,
    mergeGap: device.modbusTcp?.mergeGap ?? 0,
  };
  const groups = [...byInterval]
    .sort(([a], [b]) => a - b)
    .map(([intervalMs, points]) => ({ intervalMs, group: new ReadGroup(points, limits) }));
  return { groups, unreadable };
}
