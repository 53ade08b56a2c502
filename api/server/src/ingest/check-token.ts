import type { SiteModel } from '@kubeplant/crds/model';
import { tokenHash } from '@kubeplant/kit';
import type { Hello } from '@kubeplant/proto';

/** True when the token is one of the shard's that are valid now. The model binds it to tenant, site and shard. */
export function isShardToken(model: SiteModel | undefined, hello: Pick<Hello, 'shard'>, token: string): boolean {
  const hash = tokenHash(token);
  return model?.shards.some((shard) => shard.name === hello.shard && shard.tokenHashes.includes(hash)) ?? false;
}
