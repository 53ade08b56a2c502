import type { ShardConfig } from '@kubeplant/crds/model';
import { decodeShardFiles } from '@kubeplant/crds/model-files';
import type { PreviousPlan } from '@kubeplant/plan';
import { isApiError } from '../api/api-error.ts';
import { type KubeObject, pathOf } from '../api/kube-object.ts';
import { CHILD_TYPES } from '../api/resource-types.ts';
import type { Transport } from '../api/transport.ts';
import { SHARD_LABEL } from './labels.ts';

/** The configurations the collectors of a site have now, read back from the ConfigMaps: what suspended Devices are kept at. */
export async function readShards(transport: Transport, configMaps: readonly KubeObject[]): Promise<PreviousPlan['shards']> {
  const byShard = Map.groupBy(configMaps, ({ metadata }) => metadata.labels?.[SHARD_LABEL] ?? '');
  const shards: PreviousPlan['shards'][number][] = [];
  for (const [shard, maps] of byShard) {
    const config = shard === '' ? undefined : await readShard(transport, maps);
    if (config === undefined) continue;
    shards.push({ name: shard, namespace: config.namespace, site: config.site, collectorClass: config.collectorClass, config });
  }
  return shards;
}

async function readShard(transport: Transport, configMaps: readonly KubeObject[]): Promise<ShardConfig | undefined> {
  const files = new Map<string, Uint8Array>();
  for (const { metadata } of configMaps) {
    const data = await readData(transport, metadata);
    for (const [name, content] of Object.entries(data)) files.set(name, Buffer.from(content, 'base64'));
  }
  const decoded = decodeShardFiles((name) => files.get(name));
  return decoded.kind === 'config' ? decoded.config : undefined;
}

async function readData(transport: Transport, metadata: KubeObject['metadata']): Promise<Readonly<Record<string, string>>> {
  try {
    const map = (await transport.request('GET', pathOf(CHILD_TYPES.ConfigMap, metadata))) as KubeObject;
    return (map.binaryData ?? {}) as Readonly<Record<string, string>>; // the type of ConfigMap data
  } catch (error) {
    if (isApiError(error, 'NotFound')) return {};
    throw error;
  }
}
