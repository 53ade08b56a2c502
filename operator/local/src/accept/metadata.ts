import { createHash } from 'node:crypto';
import type { DeclaredResource } from '@kubeplant/crds/model';
import { keyOf } from '../source/to-resources.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Hash of what a resource says: its version for edits (`If-Match`). */
export function versionOf({ apiVersion, kind, metadata, spec }: DeclaredResource): string {
  const { name, namespace, labels, annotations } = metadata;
  return sha256(JSON.stringify({ apiVersion, kind, name, namespace, labels, annotations, spec })).slice(0, 16);
}

/** The metadata an API server would give: a uid that stays the same for the same name, and a version. */
export function withMetadata(object: DeclaredResource): DeclaredResource {
  const hex = sha256(`local/${keyOf(object)}`);
  const uid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  return { ...object, metadata: { ...object.metadata, uid, resourceVersion: versionOf(object) } };
}
