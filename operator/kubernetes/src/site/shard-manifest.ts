import { MANIFEST_FILE, parseShardManifest } from '@kubeplant/crds/model-files';
import type { Assignment } from '@kubeplant/plan';
import type { KubeObject } from '../api/kube-object.ts';
import { SHARD_LABEL } from './labels.ts';

/** Field under which the cache keeps the channels of a manifest whose bytes it drops. */
const CHANNELS = 'manifestChannels';

/** A ConfigMap of slot 0 with the channels of its manifest read out. */
export function keepManifest(object: KubeObject): KubeObject {
  if (object.kind !== 'ConfigMap') return object;
  const { [MANIFEST_FILE]: encoded } = (object.binaryData ?? {}) as Readonly<Record<string, string>>; // the type of ConfigMap data
  const manifest = encoded === undefined ? undefined : parseShardManifest(Buffer.from(encoded, 'base64'));
  return manifest === undefined ? object : { ...object, [CHANNELS]: manifest.channels };
}

/** Which channels each shard of a site has, as its manifests say. */
export function readAssignment(configMaps: readonly KubeObject[]): Assignment {
  const assignment: Record<string, readonly string[]> = {};
  for (const { metadata, [CHANNELS]: channels } of configMaps) {
    const shard = metadata.labels?.[SHARD_LABEL];
    if (shard !== undefined && channels !== undefined) assignment[`${metadata.namespace}/${shard}`] = channels as readonly string[]; // put there by keepManifest
  }
  return assignment;
}
