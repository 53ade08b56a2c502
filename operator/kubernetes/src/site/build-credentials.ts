import type { PlannedShard } from '@kubeplant/plan';
import { shardLabels } from './labels.ts';

export const credentialsName = (shard: string): string => `${shard}-credentials`;

/** What a collector signs in with: its token and the CA of the api. Always there, so that a pod can start. */
export function buildCredentials(
  shard: Pick<PlannedShard, 'name' | 'namespace' | 'site' | 'collectorClass'>,
  { token, caPem }: { readonly token: string; readonly caPem: string },
) {
  const encode = (text: string): string => Buffer.from(text).toString('base64');
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: credentialsName(shard.name), namespace: shard.namespace, labels: shardLabels(shard) },
    type: 'Opaque',
    data: { token: encode(token), 'ca.crt': encode(caPem) },
  } as const;
}
