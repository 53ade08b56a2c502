import type { KubeObject } from '../api/kube-object.ts';

/** Below this many tags an object stays as it is. */
const MIN_TAGS = 8;

/**
 * Keep the tags of a Device or a DeviceProfile as text until they are read: they would be most of the memory of the
 * operator, and are read only when their site is planned. Reading them gives a new object each time. Text and not
 * compressed: buffers of zlib are outside the heap and stay until a full collection, which nothing then causes.
 */
export function packTags(object: KubeObject): KubeObject {
  const { tags, ...spec } = (object.spec ?? {}) as { readonly tags?: object }; // both kinds have their tags there
  if (tags === undefined || Object.keys(tags).length < MIN_TAGS) return object;
  const text = JSON.stringify(tags);
  return { ...object, spec: Object.defineProperty(spec, 'tags', { enumerable: true, get: (): unknown => JSON.parse(text) }) };
}
