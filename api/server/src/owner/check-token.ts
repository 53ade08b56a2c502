import type { SiteModel } from '@kubeplant/crds/model';

/** True when the token is one of the shard's that are valid now. The model binds it to tenant, site and shard. */
export function isShardToken(model: Pick<SiteModel, 'shards'> | undefined, shard: string, tokenHash: string): boolean {
  return model?.shards.some(({ name, tokenHashes }) => name === shard && tokenHashes.includes(tokenHash)) ?? false;
}
