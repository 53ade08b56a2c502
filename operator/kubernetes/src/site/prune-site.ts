import type { Site } from '@kubeplant/crds';
import { isApiError } from '../api/api-error.ts';
import { type KubeObject, pathOf } from '../api/kube-object.ts';
import { CHILD_TYPES, CLAIM, SECRET } from '../api/resource-types.ts';
import type { Transport } from '../api/transport.ts';
import type { Cached, Caches } from '../cache/caches.ts';
import { type Applier, isOwned } from '../runtime/apply-child.ts';
import { claimsOf } from './buffer-volume.ts';
import { credentialsName } from './build-credentials.ts';

/** What pruning needs. */
export interface PruneDeps {
  readonly caches: Pick<Caches, 'children'>;
  readonly applier: Applier;
  readonly transport: Transport;
}

/** Remove what belongs to the site (label and owner uid) and no longer to its plan. Pods go before what they mount. */
export async function pruneSite(key: string, site: Cached<Site>, wanted: ReadonlySet<string>, deps: PruneDeps): Promise<void> {
  const owner = { uid: site.metadata.uid ?? '' };
  for (const kind of ORDER) {
    const type = CHILD_TYPES[kind];
    for (const object of deps.caches.children[kind].filed(key)) {
      if (wanted.has(`${kind}/${object.metadata.name}`) || !isOwned(object, owner) || object.metadata.deletionTimestamp !== undefined)
        continue;
      if (kind === 'StatefulSet') await removeCredentials(object, owner, deps);
      await deps.applier.remove(type, object);
      for (const claim of claimsOf(object)) await removeClaim(claim, object, deps);
    }
  }
}

const ORDER = [
  'StatefulSet',
  'Deployment',
  'Service',
  'ConfigMap',
  'NetworkPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
] as const satisfies readonly (keyof typeof CHILD_TYPES)[];

/** A volume all of whose readings are committed; it goes when its pod has gone. */
async function removeClaim(name: string, { metadata }: KubeObject, { transport }: PruneDeps): Promise<void> {
  const place = { name, ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) };
  try {
    await transport.request('DELETE', pathOf(CLAIM, place));
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}

/** Secrets are not listed; that of a shard is known by its name. */
async function removeCredentials(
  { metadata }: KubeObject,
  owner: { readonly uid: string },
  { transport, applier }: PruneDeps,
): Promise<void> {
  const place = { name: credentialsName(metadata.name), ...(metadata.namespace !== undefined && { namespace: metadata.namespace }) };
  try {
    const secret = (await transport.request('GET', pathOf(SECRET, place))) as KubeObject;
    if (isOwned(secret, owner)) await applier.remove(SECRET, secret);
  } catch (error) {
    if (!isApiError(error, 'NotFound')) throw error;
  }
}
