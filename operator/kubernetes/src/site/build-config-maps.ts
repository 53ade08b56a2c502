import { encodeShardFiles, MANIFEST_FILE } from '@kubeplant/crds/model-files';
import type { PlannedShard } from '@kubeplant/plan';
import { shardLabels } from './labels.ts';

/** ConfigMaps a collector mounts. Together they hold about a quarter of a million tags. */
export const SLOTS = 8;
/** Bytes of a part; what a ConfigMap may hold, 1 MiB, is counted before base64. */
const PART_BYTES = 900_000;
/** Where the revision of a configuration can be read without unpacking it. */
const REVISION_ANNOTATION = 'kubeplant.io/revision';

export const slotName = (shard: string, slot: number): string => `${shard}-config-${slot}`;

/** `too-large`: more than all slots hold. */
export type ConfigMaps =
  | { readonly kind: 'maps'; readonly maps: readonly ReturnType<typeof buildSlot>[] }
  | { readonly kind: 'too-large'; readonly bytes: number };

/** The configuration of a shard as ConfigMaps: part n in slot n, the manifest in slot 0, which comes last: a collector loads when all parts match. */
export function buildConfigMaps(shard: PlannedShard): ConfigMaps {
  const files = encodeShardFiles(shard.config, { maxPartBytes: PART_BYTES });
  const parts = [...files].filter(([name]) => name !== MANIFEST_FILE);
  if (parts.length > SLOTS) return { kind: 'too-large', bytes: parts.reduce((sum, [, content]) => sum + content.length, 0) };
  const manifest = files.get(MANIFEST_FILE);
  const maps = parts.map(([name, content], slot) =>
    buildSlot(
      shard,
      slot,
      slot === 0 && manifest !== undefined
        ? [
            [MANIFEST_FILE, manifest],
            [name, content],
          ]
        : [[name, content]],
    ),
  );
  return { kind: 'maps', maps: maps.toReversed() };
}

function buildSlot(shard: PlannedShard, slot: number, files: readonly (readonly [string, Uint8Array])[]) {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: slotName(shard.name, slot),
      namespace: shard.namespace,
      labels: shardLabels(shard),
      annotations: { [REVISION_ANNOTATION]: shard.config.revision },
    },
    binaryData: Object.fromEntries(files.map(([name, content]) => [name, Buffer.from(content).toString('base64')])),
  } as const;
}
