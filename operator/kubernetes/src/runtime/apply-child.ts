import { createHash } from 'node:crypto';
import { canonicalJson } from '@kubeplant/plan';
import { isApiError } from '../api/api-error.ts';
import { type KubeObject, keyOf, pathOf, type ResourceType } from '../api/kube-object.ts';
import type { Transport } from '../api/transport.ts';
import type { OperatorMetrics } from './metrics.ts';
import { containsFields, digestBinary } from './fields.ts';

/** Hash of what was last applied. */
export const HASH_ANNOTATION = 'kubeplant.io/applied-hash';

/** Who the children belong to; when it goes, they go. */
export interface Owner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
}

/** `foreign`: an object of that name belongs to somebody else and is left alone. */
export type ApplyResult = 'unchanged' | 'applied' | 'foreign';

/** Brings children to the form that is wanted. */
export interface Applier {
  /** `wanted` may hold digests for its binary data; `materialize` then gives the object itself, where it has to be written. */
  apply(type: ResourceType, wanted: KubeObject, owner: Owner, materialize?: () => KubeObject): Promise<ApplyResult>;
  /** `Orphan`: what it owns stays, for another to take over. */
  remove(type: ResourceType, object: KubeObject, propagation?: 'Background' | 'Orphan'): Promise<void>;
}

/** What an applier needs. `cached` is undefined for kinds that are read by name. */
export interface ApplierDeps {
  readonly transport: Transport;
  readonly controller: string;
  readonly metrics: OperatorMetrics;
  readonly cached: (type: ResourceType, key: string) => KubeObject | undefined;
}

/** Kinds that are not cached are looked at again this often. */
const RECHECK_MS = 600_000;

/**
 * Server-side apply with force, left out when the hash is equal and the sent fields are as they were sent. An unknown
 * name is read before the first apply; later ones carry the uid, so that a new object of the name is not touched.
 */
export function createApplier(deps: ApplierDeps): Applier {
  const settled = new Map<string, { readonly hash: string; readonly generation: number | undefined; readonly atMs: number }>();
  return {
    apply: async (type, wanted, owner, materialize = () => wanted) => {
      const compact = isDigested(wanted) ? wanted : digestBinary(wanted);
      const hash = createHash('sha256').update(canonicalJson(compact)).digest('hex').slice(0, 16);
      const sent = withOwner(compact, owner, hash);
      const memory = memoryKey(type, wanted, owner);
      const known = settled.get(memory);
      if (type.kind === 'Secret' && known?.hash === hash && performance.now() - known.atMs < RECHECK_MS) return 'unchanged';
      const present = deps.cached(type, keyOf(wanted)) ?? (await read(deps.transport, type, wanted));
      if (present !== undefined && !isOwned(present, owner)) return 'foreign';
      if (present !== undefined && isUnchanged(present, sent, { hash, generation: known?.hash === hash ? known.generation : undefined })) {
        settled.set(memory, { hash, generation: present.metadata.generation, atMs: performance.now() });
        return 'unchanged';
      }
      const uid = present?.metadata.uid;
      const full = withOwner(materialize(), owner, hash);
      const body = uid === undefined ? full : { ...full, metadata: { ...full.metadata, uid } };
      const query = { fieldManager: `kubeplant-operator/${deps.controller}`, force: true };
      const answer = (await deps.transport.request('PATCH', pathOf(type, wanted.metadata), {
        body,
        contentType: 'application/apply-patch+yaml',
        query,
      })) as KubeObject;
      settled.set(memory, { hash, generation: answer.metadata.generation, atMs: performance.now() });
      deps.metrics.written(deps.controller, 'child');
      return 'applied';
    },
    remove: async (type, object, propagation = 'Background') => {
      for (const owner of object.metadata.ownerReferences ?? []) settled.delete(memoryKey(type, object, owner));
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        preconditions: { uid: object.metadata.uid },
        propagationPolicy: propagation,
      };
      try {
        await deps.transport.request('DELETE', pathOf(type, object.metadata), { body });
        deps.metrics.written(deps.controller, 'child');
      } catch (error) {
        // Gone already, or another object has the name by now.
        if (!isApiError(error, 'NotFound') && !isApiError(error, 'Conflict')) throw error;
      }
    },
  };
}

/** An object of another owner is another object, even of the same name and content. */
const memoryKey = (type: ResourceType, object: KubeObject, owner: Pick<Owner, 'uid'>): string =>
  `${type.kind}/${keyOf(object)}/${owner.uid}`;

async function read(transport: Transport, type: ResourceType, { metadata }: KubeObject): Promise<KubeObject | undefined> {
  try {
    return (await transport.request('GET', pathOf(type, metadata))) as KubeObject;
  } catch (error) {
    if (isApiError(error, 'NotFound')) return undefined;
    throw error;
  }
}

function withOwner(wanted: KubeObject, owner: Owner, hash: string): KubeObject {
  const annotations = { ...wanted.metadata.annotations, [HASH_ANNOTATION]: hash };
  return {
    ...wanted,
    metadata: { ...wanted.metadata, annotations, ownerReferences: [{ ...owner, controller: true, blockOwnerDeletion: true }] },
  };
}

/** Owned by the very object, not by one that had its name before. */
export const isOwned = (object: KubeObject, { uid }: Pick<Owner, 'uid'>): boolean =>
  object.metadata.ownerReferences?.some((reference) => reference.uid === uid) === true;

interface Settled {
  readonly hash: string;
  /** Generation the object had when this very form was applied: while it has it, nobody changed the spec. */
  readonly generation: number | undefined;
}

function isUnchanged(present: KubeObject, sent: KubeObject, { hash, generation }: Settled): boolean {
  if (present.metadata.annotations?.[HASH_ANNOTATION] !== hash) return false;
  const { labels, annotations, ownerReferences } = sent.metadata;
  if (!containsFields(present.metadata, { labels, annotations, ownerReferences })) return false;
  if (generation !== undefined && generation === present.metadata.generation) return true;
  const { apiVersion: _version, kind: _kind, metadata: _metadata, ...fields } = sent;
  const { metadata: _present, ...rest } = isDigested(present) ? present : digestBinary(present);
  return containsFields(rest, fields);
}

/** Objects of the cache hold digests, those just read do not. */
const isDigested = (object: KubeObject): boolean =>
  [object.data, object.binaryData].some(
    (data) => Object.values((data ?? {}) as Readonly<Record<string, string>>)[0]?.startsWith('sha256:') === true,
  ); // the type of ConfigMap data
